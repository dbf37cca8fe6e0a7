using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AgentGateway.Rtc.Dtls.Interop;

/// <summary>An SSL_CTX*: certificate, key and everything all endpoints of one certificate have in common. Thread-safe once made.</summary>
internal sealed unsafe class SafeSslContextHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    // Forward secret AEAD suites only. RFC 8827 section 6.5 demands the first; the RSA ones serve peers with RSA certificates.
    private const string CipherSuites =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
        + "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

    private const string SignatureAlgorithms =
        "ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256:ECDSA+SHA384:RSA-PSS+SHA384:RSA+SHA384:ECDSA+SHA512:RSA-PSS+SHA512:RSA+SHA512";

    // A WebRTC certificate has well under 2 KB. OpenSSL allocates what a fragment claims, up to this (16 KB is its floor).
    private const int MaxCertificateList = 16 * 1024;

    public SafeSslContextHandle()
        : base(ownsHandle: true)
    {
    }

    public static SafeSslContextHandle Create(ReadOnlySpan<byte> certificate, ReadOnlySpan<byte> privateKey)
    {
        OpenSsl.VersionText();
        OpenSsl.ERR_clear_error();
        SafeSslContextHandle context = OpenSsl.SSL_CTX_new(OpenSsl.DTLS_method());
        try
        {
            Require(!context.IsInvalid, "SSL_CTX_new");
            context.Configure();
            fixed (byte* der = certificate)
                Require(OpenSsl.SSL_CTX_use_certificate_ASN1(context, certificate.Length, der) == 1, "SSL_CTX_use_certificate_ASN1");
            fixed (byte* der = privateKey)
            {
                int result = OpenSsl.SSL_CTX_use_PrivateKey_ASN1(OpenSsl.EvpPkeyEc, context, der, new CLong(privateKey.Length));
                Require(result == 1, "SSL_CTX_use_PrivateKey_ASN1");
            }

            Require(OpenSsl.SSL_CTX_check_private_key(context) == 1, "SSL_CTX_check_private_key");
            return context;
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    protected override bool ReleaseHandle()
    {
        OpenSsl.SSL_CTX_free(handle);
        return true;
    }

    private void Configure()
    {
        // Stated outright, so that a system-wide openssl.cnf changes nothing.
        OpenSsl.SSL_CTX_set_security_level(this, 2);
        Require(Control(OpenSsl.CtrlSetMinProtoVersion, OpenSsl.Dtls12Version) == 1, "min_proto_version");
        Require(Control(OpenSsl.CtrlSetMaxProtoVersion, OpenSsl.Dtls12Version) == 1, "max_proto_version");
        Require(OpenSsl.SSL_CTX_set_cipher_list(this, CipherSuites) == 1, "cipher_list");
        Require(ControlString(OpenSsl.CtrlSetGroupsList, "X25519:P-256:P-384") == 1, "groups_list");
        Require(ControlString(OpenSsl.CtrlSetSignatureAlgorithmsList, SignatureAlgorithms) == 1, "sigalgs_list");

        OpenSsl.SSL_CTX_set_options(
            this,
            OpenSsl.OptionNoQueryMtu | OpenSsl.OptionNoTicket | OpenSsl.OptionNoCompression
            | OpenSsl.OptionServerPreference | OpenSsl.OptionNoRenegotiation);
        Control(OpenSsl.CtrlMode, OpenSsl.ModeReleaseBuffers);
        Control(OpenSsl.CtrlSetSessionCacheMode, 0);
        Control(OpenSsl.CtrlSetMaxCertList, MaxCertificateList);

        OpenSsl.SSL_CTX_set_verify(this, OpenSsl.VerifyPeer | OpenSsl.VerifyFailIfNoPeerCertificate, 0);
        OpenSsl.SSL_CTX_set_cert_verify_callback(this, &DatagramBio.OnVerify, 0);
    }

    private nint Control(int command, nint number) => OpenSsl.SSL_CTX_ctrl(this, command, new CLong(number), null).Value;

    private nint ControlString(int command, string text)
    {
        nint native = Marshal.StringToCoTaskMemUTF8(text);
        try
        {
            return OpenSsl.SSL_CTX_ctrl(this, command, new CLong(0), (void*)native).Value;
        }
        finally
        {
            Marshal.FreeCoTaskMem(native);
        }
    }

    private static void Require(bool condition, string what)
    {
        if (!condition)
            throw new InvalidOperationException($"OpenSSL refused {what}: {SslError.Drain().Text}");
    }
}
