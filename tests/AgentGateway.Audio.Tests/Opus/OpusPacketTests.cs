namespace AgentGateway.Audio.Tests.Opus;

/// <summary>RFC 6716 section 3: framing.</summary>
public sealed class OpusPacketTests
{
    [Theory]
    [InlineData(0, OpusMode.Silk, 4_000, 480)]
    [InlineData(3, OpusMode.Silk, 4_000, 2880)]
    [InlineData(5, OpusMode.Silk, 6_000, 960)]
    [InlineData(10, OpusMode.Silk, 8_000, 1920)]
    [InlineData(12, OpusMode.Hybrid, 12_000, 480)]
    [InlineData(15, OpusMode.Hybrid, 20_000, 960)]
    [InlineData(16, OpusMode.Celt, 4_000, 120)]
    [InlineData(21, OpusMode.Celt, 8_000, 240)]
    [InlineData(26, OpusMode.Celt, 12_000, 480)]
    [InlineData(31, OpusMode.Celt, 20_000, 960)]
    public void The_configuration_number_gives_mode_bandwidth_and_frame_size(int config, OpusMode mode, int bandwidth, int samples)
    {
        Assert.True(OpusPacket.TryParse([(byte)(config << 3), 1, 2, 3], out OpusPacketInfo info));
        Assert.Equal((mode, bandwidth, samples, 1, false), (info.Mode, info.BandwidthHz, info.FrameSamples, info.FrameCount, info.IsStereo));
    }

    [Fact]
    public void Two_frames_of_equal_size_share_the_rest()
    {
        Assert.True(OpusPacket.TryParse([(31 << 3) | 4 | 1, 1, 2, 3, 4], out OpusPacketInfo info));
        Assert.Equal((2, 1920, true), (info.FrameCount, info.Samples, info.IsStereo));
        Assert.False(OpusPacket.TryParse([(31 << 3) | 1, 1, 2, 3], out _));
    }

    [Fact]
    public void Two_frames_of_different_size_have_a_length_within_the_packet()
    {
        Assert.True(OpusPacket.TryParse([(31 << 3) | 2, 2, 1, 2, 3], out OpusPacketInfo info));
        Assert.Equal(2, info.FrameCount);
        Assert.False(OpusPacket.TryParse([(31 << 3) | 2, 4, 1, 2, 3], out _));
        Assert.False(OpusPacket.TryParse([(31 << 3) | 2], out _));
        Assert.False(OpusPacket.TryParse([(31 << 3) | 2, 255], out _));
    }

    [Fact]
    public void Many_frames_have_a_count_that_fits_120_ms()
    {
        Assert.True(OpusPacket.TryParse([(31 << 3) | 3, 6, 1, 2, 3, 4, 5, 6], out OpusPacketInfo info));
        Assert.Equal((6, 5760), (info.FrameCount, info.Samples));
        Assert.False(OpusPacket.TryParse([(31 << 3) | 3, 7, 1, 2, 3, 4, 5, 6, 7], out _));
        Assert.False(OpusPacket.TryParse([(31 << 3) | 3, 0], out _));
        Assert.False(OpusPacket.TryParse([(31 << 3) | 3], out _));
        Assert.False(OpusPacket.TryParse([(31 << 3) | 3, 2, 1], out _));
    }

    [Fact]
    public void Padding_lies_within_the_packet()
    {
        Assert.True(OpusPacket.TryParse([(31 << 3) | 3, 0x40 | 1, 2, 9, 0, 0], out OpusPacketInfo info));
        Assert.False(info.FrameCount != 1);
        Assert.False(OpusPacket.TryParse([(31 << 3) | 3, 0x40 | 1, 4, 9, 0, 0], out _));
        Assert.False(OpusPacket.TryParse([(31 << 3) | 3, 0x40 | 1, 255], out _));
    }

    [Fact]
    public void Variable_lengths_lie_within_the_packet()
    {
        Assert.True(OpusPacket.TryParse([(31 << 3) | 3, 0x80 | 2, 1, 9, 8], out OpusPacketInfo info));
        Assert.Equal(2, info.FrameCount);
        Assert.False(OpusPacket.TryParse([(31 << 3) | 3, 0x80 | 2, 3, 9, 8], out _));
    }

    [Fact]
    public void A_frame_has_at_most_1275_bytes()
    {
        byte[] packet = new byte[1 + OpusPacket.MaxFrameBytes];
        packet[0] = 31 << 3;
        Assert.True(OpusPacket.TryParse(packet, out _));
        Assert.False(OpusPacket.TryParse([.. packet, 0], out _));
        Assert.False(OpusPacket.TryParse([], out _));
    }

    [Fact]
    public void The_fec_flag_is_that_of_the_first_frame()
    {
        // Mono 20 ms SILK: one VAD bit, then the LBRR bit. 60 ms: three VAD bits before it.
        Assert.True(OpusPacket.TryParse([9 << 3, 0x40, 0, 0], out OpusPacketInfo info) && info.HasFec);
        Assert.True(OpusPacket.TryParse([9 << 3, 0x80, 0, 0], out info) && !info.HasFec);
        Assert.True(OpusPacket.TryParse([11 << 3, 0x10, 0, 0], out info) && info.HasFec);
        Assert.True(OpusPacket.TryParse([11 << 3, 0xE0, 0, 0], out info) && !info.HasFec);
        Assert.True(OpusPacket.TryParse([31 << 3, 0x40, 0, 0], out info) && !info.HasFec);
    }
}
