using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AgentGateway.Rtc.Dtls.Interop;

namespace AgentGateway.Rtc.Dtls;

/// <summary>
/// A self-signed ECDSA P-256 certificate with its key, loaded into OpenSSL once and shared by every endpoint made with it.
/// Thread-safe. An endpoint keeps what it needs alive: disposing the certificate ends no connection.
/// </summary>
public sealed class DtlsCertificate : IDisposable
{
    private DtlsCertificate(SafeSslContextHandle context, byte[] der, DateTimeOffset notAfter)
    {
        Context = context;
        Der = der;
        NotAfter = notAfter;
        Fingerprint = DtlsFingerprint.Compute("sha-256", der);
    }

    /// <summary>SHA-256 fingerprint for the SDP.</summary>
    public DtlsFingerprint Fingerprint { get; }

    /// <summary>End of validity: make a new one before.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>The certificate's DER bytes.</summary>
    public ReadOnlyMemory<byte> Der { get; }

    internal SafeSslContextHandle Context { get; }

    /// <summary>Makes a key and a certificate. Costs about a millisecond.</summary>
    /// <param name="commonName">Subject; peers do not look at it. Keep host and user names out: it goes over the wire in the clear.</param>
    /// <param name="notBefore">Start of validity, by the caller's clock; allow for skew.</param>
    /// <param name="notAfter">End of validity.</param>
    /// <exception cref="DllNotFoundException">OpenSSL 3 is not installed; the message says what to install.</exception>
    public static DtlsCertificate Create(string commonName, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(commonName);
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(notBefore, notAfter);
        byte[] privateKey = key.ExportECPrivateKey();
        try
        {
            byte[] der = certificate.RawData;
            return new DtlsCertificate(SafeSslContextHandle.Create(der, privateKey), der, notAfter);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Context.Dispose();
}
