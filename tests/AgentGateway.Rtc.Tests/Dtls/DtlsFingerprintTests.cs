using AgentGateway.Rtc.Dtls;

namespace AgentGateway.Rtc.Tests.Dtls;

public sealed class DtlsFingerprintTests
{
    private const string Example =
        "sha-256 E3:B0:C4:42:98:FC:1C:14:9A:FB:F4:C8:99:6F:B9:24:27:AE:41:E4:64:9B:93:4C:A4:95:99:1B:78:52:B8:55";

    [Fact]
    public void Round_trip_and_any_case()
    {
        Assert.True(DtlsFingerprint.TryParse(Example, out DtlsFingerprint? upper));
        Assert.True(DtlsFingerprint.TryParse(Example.ToLowerInvariant(), out DtlsFingerprint? lower));
        Assert.Equal(upper, lower);
        Assert.Equal(Example, lower.ToString());
        Assert.True(upper.Matches([]));
        Assert.False(upper.Matches([0]));
        Assert.Equal(upper, DtlsFingerprint.Compute("SHA-256", []));
    }

    [Theory]
    [InlineData("sha-384", 48)]
    [InlineData("sha-512", 64)]
    public void Longer_hashes(string algorithm, int length)
    {
        DtlsFingerprint computed = DtlsFingerprint.Compute(algorithm, [1, 2, 3]);
        Assert.Equal(length, computed.Value.Length);
        Assert.True(DtlsFingerprint.TryParse(computed.ToString(), out DtlsFingerprint? parsed));
        Assert.Equal(computed, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sha-256")]
    [InlineData("sha-256 ")]
    [InlineData("sha-256 E3:B0")]
    [InlineData("sha-1 DA:39:A3:EE:5E:6B:4B:0D:32:55:BF:EF:95:60:18:90:AF:D8:07:09")]
    [InlineData("md5 D4:1D:8C:D9:8F:00:B2:04:E9:80:09:98:EC:F8:42:7E")]
    [InlineData("sha-256 E3-B0-C4-42-98-FC-1C-14-9A-FB-F4-C8-99-6F-B9-24-27-AE-41-E4-64-9B-93-4C-A4-95-99-1B-78-52-B8-55")]
    [InlineData("sha-256 G3:B0:C4:42:98:FC:1C:14:9A:FB:F4:C8:99:6F:B9:24:27:AE:41:E4:64:9B:93:4C:A4:95:99:1B:78:52:B8:55")]
    public void Weak_or_broken_ones_are_refused(string text) => Assert.False(DtlsFingerprint.TryParse(text, out _));
}
