using AgentGateway.Rtc.Wire.Rtp;

namespace AgentGateway.Rtc.Tests.Wire.Rtp;

public sealed class RtpExtensionsTests
{
    [Fact]
    public void One_byte_form_skips_padding_and_stops_at_id_15()
    {
        var found = Collect(RtpExtensions.OneByteProfile, [0, 0x10, 0xAA, 0, 0, 0x22, 1, 2, 3, 0xF0, 0x30, 9]);
        Assert.Equal([(1, "AA"), (2, "010203")], found);
    }

    [Fact]
    public void Two_byte_form_has_empty_elements_and_large_ids()
    {
        var found = Collect(RtpExtensions.TwoByteProfile | 5, [200, 0, 0, 0, 15, 3, 1, 2, 3]);
        Assert.Equal([(200, ""), (15, "010203")], found);
    }

    [Theory]
    [InlineData(RtpExtensions.OneByteProfile, "13AABB")]
    [InlineData(RtpExtensions.OneByteProfile, "03AABBCC")]
    [InlineData(RtpExtensions.TwoByteProfile, "05")]
    [InlineData(RtpExtensions.TwoByteProfile, "0502AA")]
    [InlineData(0x1234, "10AA")]
    public void Elements_that_do_not_fit_end_the_walk(int profile, string hex) =>
        Assert.Empty(Collect((ushort)profile, Convert.FromHexString(hex)));

    [Fact]
    public void Known_values_are_read()
    {
        Assert.True(RtpExtensionValue.TryReadTransportSequence([0x12, 0x34], out ushort sequence));
        Assert.Equal(0x1234, sequence);
        Assert.False(RtpExtensionValue.TryReadTransportSequence([0x12], out _));
        Assert.True(RtpExtensionValue.TryReadAbsoluteSendTime([0x04, 0x00, 0x00], out TimeSpan time));
        Assert.Equal(TimeSpan.FromSeconds(1), time);
        Assert.False(RtpExtensionValue.TryReadAbsoluteSendTime([1, 2], out _));
        Assert.False(RtpExtensionValue.TryReadAudioLevel([], out _, out _));
        Assert.Equal(0xFF, RtpExtensionValue.AudioLevel(200, true));
        Assert.False(RtpExtensionValue.MidEquals("aaaaaaaaaaaaaaaaa"u8, "aaaaaaaaaaaaaaaaa"));
        Assert.False(RtpExtensionValue.MidEquals([], ""));
        Assert.False(RtpExtensionValue.MidEquals([0xFF, 0xFE], "x"));
    }

    private static List<(int Id, string Hex)> Collect(int profile, byte[] block)
    {
        var found = new List<(int, string)>();
        foreach (RtpExtension extension in new RtpExtensions((ushort)profile, block))
            found.Add((extension.Id, Convert.ToHexString(extension.Value)));
        return found;
    }
}
