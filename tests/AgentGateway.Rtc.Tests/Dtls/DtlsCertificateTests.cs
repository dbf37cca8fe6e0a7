using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AgentGateway.Rtc.Dtls;

namespace AgentGateway.Rtc.Tests.Dtls;

public sealed class DtlsCertificateTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_certificate_is_ECDSA_P256_signed_by_itself_and_valid_when_the_caller_says()
    {
        using DtlsCertificate made = DtlsCertificate.Create("somebody", Start, Start.AddDays(30));
        using X509Certificate2 seen = X509CertificateLoader.LoadCertificate(made.Der.Span);

        using ECDsa? key = seen.GetECDsaPublicKey();
        Assert.Equal(ECCurve.NamedCurves.nistP256.Oid.Value, key!.ExportParameters(includePrivateParameters: false).Curve.Oid.Value);
        Assert.Equal("1.2.840.10045.4.3.2", seen.SignatureAlgorithm.Value);
        Assert.Equal("CN=somebody", seen.Subject);
        Assert.Equal(seen.Subject, seen.Issuer);
        Assert.Equal((Start.UtcDateTime, Start.AddDays(30).UtcDateTime), (seen.NotBefore.ToUniversalTime(), seen.NotAfter.ToUniversalTime()));
        Assert.Equal(Start.AddDays(30), made.NotAfter);
        Assert.Equal($"sha-256 {string.Join(':', SHA256.HashData(made.Der.Span).Select(b => b.ToString("X2", null)))}", made.Fingerprint.ToString());
    }

    [Fact]
    public void Each_certificate_has_a_key_of_its_own()
    {
        using DtlsCertificate one = DtlsCertificate.Create("c", Start, Start.AddDays(30));
        using DtlsCertificate another = DtlsCertificate.Create("c", Start, Start.AddDays(30));
        using X509Certificate2 first = X509CertificateLoader.LoadCertificate(one.Der.Span);
        using X509Certificate2 second = X509CertificateLoader.LoadCertificate(another.Der.Span);
        Assert.NotEqual(first.GetPublicKey(), second.GetPublicKey());
        Assert.NotEqual(one.Fingerprint, another.Fingerprint);
    }

    [Fact]
    public void The_key_is_the_certificates_so_a_peer_that_knows_the_fingerprint_connects()
    {
        using DtlsCertificate fresh = DtlsCertificate.Create("c", Start, Start.AddDays(30));
        using var client = new DtlsEndpoint(DtlsLink.ClientCertificate, DtlsRole.Client, [fresh.Fingerprint], new DtlsOptions());
        using var server = new DtlsEndpoint(fresh, DtlsRole.Server, [DtlsLink.ClientCertificate.Fingerprint], new DtlsOptions());
        server.Start(default);
        client.Start(default);
        byte[] buffer = new byte[1200];
        for (int turn = 0; turn < 4; turn++)
        {
            while (client.TryPollTransmit(buffer, out int length))
                server.Handle(default, buffer.AsSpan(0, length));
            while (server.TryPollTransmit(buffer, out int length))
                client.Handle(default, buffer.AsSpan(0, length));
        }

        Assert.Equal((DtlsState.Connected, DtlsState.Connected), (client.State, server.State));
    }
}
