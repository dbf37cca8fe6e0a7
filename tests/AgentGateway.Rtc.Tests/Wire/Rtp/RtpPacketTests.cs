using AgentGateway.Rtc.Wire.Rtp;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Wire.Rtp;

public sealed class RtpPacketTests
{
    private static readonly byte[] Payload = [1, 2, 3, 4, 5];

    [Fact]
    public void Fixed_header_is_read()
    {
        byte[] packet = [0x80, 0xEF, 0x12, 0x34, 0xDE, 0xAD, 0xBE, 0xEF, 0xCA, 0xFE, 0xBA, 0xBE, 9, 8];
        Assert.True(RtpPacket.TryParse(packet, out RtpPacket rtp));
        Assert.True(rtp.Marker);
        Assert.Equal(111, rtp.PayloadType);
        Assert.Equal(0x1234, rtp.SequenceNumber);
        Assert.Equal(0xDEADBEEF, rtp.Timestamp);
        Assert.Equal(0xCAFEBABE, rtp.Ssrc);
        Assert.Equal([9, 8], rtp.Payload.ToArray());
        Assert.Equal(0, rtp.PaddingLength);
        Assert.True(RtpPacket.TryReadSsrc(packet, out uint ssrc));
        Assert.Equal(0xCAFEBABE, ssrc);
    }

    [Fact]
    public void Contributing_sources_extensions_and_padding_are_told_from_the_payload()
    {
        byte[] packet =
        [
            0xB2, 0x6F, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3,
            0, 0, 0, 10, 0, 0, 0, 11,
            0xBE, 0xDE, 0, 1, 0x10, 0x85, 0, 0,
            7, 7, 7, 0, 0, 3,
        ];
        Assert.True(RtpPacket.TryParse(packet, out RtpPacket rtp));
        Assert.Equal([0, 0, 0, 10, 0, 0, 0, 11], rtp.ContributingSources.ToArray());
        Assert.Equal([7, 7, 7], rtp.Payload.ToArray());
        Assert.Equal(3, rtp.PaddingLength);
        Assert.True(rtp.Extensions.TryFind(1, out ReadOnlySpan<byte> value));
        Assert.True(RtpExtensionValue.TryReadAudioLevel(value, out byte level, out bool voice));
        Assert.Equal(5, level);
        Assert.True(voice);
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("806F00010000000200000003FF", true)]
    [InlineData("406F000100000002000000030000")]
    [InlineData("816F00010000000200000003000000")]
    [InlineData("906F00010000000200000003BEDE00")]
    [InlineData("906F00010000000200000003BEDE000100")]
    [InlineData("A06F0001000000020000000300")]
    [InlineData("A06F0001000000020000000309")]
    [InlineData("A06F00010000000200000003")]
    public void Lengths_that_do_not_fit_are_refused(string hex, bool valid = false) =>
        Assert.Equal(valid, RtpPacket.TryParse(Convert.FromHexString(hex), out _));

    [Fact]
    public void Padding_may_fill_everything_behind_the_header()
    {
        byte[] packet = [0xA0, 0x6F, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4];
        Assert.True(RtpPacket.TryParse(packet, out RtpPacket rtp));
        Assert.Equal(0, rtp.Payload.Length);
        Assert.Equal(4, rtp.PaddingLength);
    }

    [Theory]
    [InlineData(111, false)]
    [InlineData(111 | 0x80, false)]
    [InlineData(200, true)]
    [InlineData(207, true)]
    [InlineData(192, true)]
    [InlineData(223, true)]
    [InlineData(224, false)]
    [InlineData(191, false)]
    public void Rtcp_is_told_by_its_second_byte(byte second, bool isRtcp) =>
        Assert.Equal(isRtcp, RtpPacket.IsRtcp([0x80, second, 0, 0]));

    [Fact]
    public void What_is_written_is_read_again()
    {
        Span<byte> buffer = stackalloc byte[100];
        Assert.True(RtpWriter.TryStart(buffer, 111, true, 65535, uint.MaxValue, 77, out RtpWriter writer));
        Assert.True(writer.TryAddContributingSource(5));
        Assert.True(writer.TryAddExtension(4, "audio"u8));
        Assert.True(writer.TryAddExtension(1, [0x7F]));
        Assert.False(writer.TryAddContributingSource(6), "CSRCs stand before extensions");
        Assert.True(writer.TryFinish(Payload));
        Assert.True(writer.TryPad(4));
        Assert.True(RtpPacket.TryParse(buffer[..writer.Length], out RtpPacket rtp));
        Assert.True(rtp.Marker);
        Assert.Equal(65535, rtp.SequenceNumber);
        Assert.Equal(uint.MaxValue, rtp.Timestamp);
        Assert.Equal(77u, rtp.Ssrc);
        Assert.Equal(4, rtp.PaddingLength);
        Assert.Equal(Payload, rtp.Payload.ToArray());
        Assert.True(rtp.Extensions.TryFind(4, out ReadOnlySpan<byte> mid));
        Assert.True(RtpExtensionValue.MidEquals(mid, "audio"));
        Assert.False(RtpExtensionValue.MidEquals(mid, "video"));
        Assert.True(rtp.Extensions.TryFind(1, out _));
        Assert.False(rtp.Extensions.TryFind(2, out _));
    }

    [Fact]
    public void Writer_refuses_what_does_not_fit()
    {
        Assert.False(RtpWriter.TryStart(stackalloc byte[11], 0, false, 0, 0, 0, out _));
        Span<byte> buffer = stackalloc byte[16];
        Assert.True(RtpWriter.TryStart(buffer, 0, false, 0, 0, 0, out RtpWriter writer));
        Assert.False(writer.TryAddExtension(1, [1]));
        Assert.False(writer.TryAddExtension(15, [1]));
        Assert.False(writer.TryFinish(Payload));
        Assert.True(writer.TryFinish(Payload.AsSpan(0, 4)));
        Assert.False(writer.TryPad(1));
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new SeededRandom(20260101);
        byte[] bytes = new byte[80];
        int parsed = 0;
        for (int i = 0; i < 200_000; i++)
        {
            int length = random.Next(bytes.Length);
            random.Fill(bytes.AsSpan(0, length));
            if (length > 0)
                bytes[0] = (byte)((bytes[0] & 0x3F) | 0x80);
            if (length > 14 && i % 2 == 0)
            {
                bytes[0] &= 0xF0;
                bytes[12] = (byte)(i % 4 == 0 ? 0xBE : 0x10);
                bytes[13] = (byte)(i % 4 == 0 ? 0xDE : 0x00);
            }

            if (!RtpPacket.TryParse(bytes.AsSpan(0, length), out RtpPacket rtp))
                continue;
            parsed++;
            int sum = 0;
            foreach (RtpExtension extension in rtp.Extensions)
                sum += extension.Value.Length;
            Assert.True(sum + rtp.Payload.Length + rtp.PaddingLength <= length, random.ToString());
        }

        Assert.True(parsed > 1000, random.ToString());
    }
}
