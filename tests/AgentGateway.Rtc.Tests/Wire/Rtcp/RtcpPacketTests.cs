using System.Text;
using AgentGateway.Rtc.Wire.Rtcp;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Wire.Rtcp;

public sealed class RtcpPacketTests
{
    [Fact]
    public void Compound_of_sr_sdes_bye_is_written_and_read()
    {
        Span<byte> buffer = stackalloc byte[200];
        var writer = new RtcpWriter(buffer);
        var block = new RtcpReportBlock(0x01020304, 51, -5, 0x0002_8001, 480, 0x11223344, 65536);
        Assert.True(writer.TryAddSenderReport(7, new NtpTimestamp(0xAABBCCDD_11223344), 960, 10, 2000, [block]));
        Assert.True(writer.TryAddCname(7, "user@host"));
        Assert.True(writer.TryAddBye(7));
        Assert.Equal(0, writer.Length & 3);
        ReadOnlySpan<byte> datagram = buffer[..writer.Length];
        Assert.True(RtcpPacket.IsWellFormed(datagram));

        Assert.True(RtcpPacket.TryRead(ref datagram, out RtcpPacket packet));
        Assert.True(RtcpReport.TryRead(packet, out RtcpReport report));
        Assert.True(report.IsSender);
        Assert.Equal(7u, report.Ssrc);
        Assert.Equal(0xCCDD1122u, report.NtpTimestamp.Middle);
        Assert.Equal(960u, report.RtpTimestamp);
        Assert.Equal(10u, report.PacketCount);
        Assert.Equal(2000u, report.OctetCount);
        Assert.Equal(1, report.BlockCount);
        Assert.Equal(block, report.Block(0));

        Assert.True(RtcpPacket.TryRead(ref datagram, out packet));
        Assert.True(RtcpSourceDescription.TryReadCname(packet, 7, out ReadOnlySpan<byte> cname));
        Assert.Equal("user@host", Encoding.UTF8.GetString(cname));
        Assert.False(RtcpSourceDescription.TryReadCname(packet, 8, out _));

        Assert.True(RtcpPacket.TryRead(ref datagram, out packet));
        Assert.True(packet.TryReadBye(out ReadOnlySpan<byte> sources));
        Assert.Equal([0, 0, 0, 7], sources.ToArray());
        Assert.False(RtcpPacket.TryRead(ref datagram, out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Source_descriptions_end_on_a_word_with_a_zero(int nameLength)
    {
        Span<byte> buffer = stackalloc byte[64];
        var writer = new RtcpWriter(buffer);
        Assert.True(writer.TryAddCname(1, new string('x', nameLength)));
        ReadOnlySpan<byte> datagram = buffer[..writer.Length];
        Assert.Equal(0, datagram[^1]);
        Assert.True(RtcpPacket.TryRead(ref datagram, out RtcpPacket packet));
        Assert.True(RtcpSourceDescription.TryReadCname(packet, 1, out ReadOnlySpan<byte> cname));
        Assert.Equal(nameLength, cname.Length);
    }

    [Theory]
    [InlineData(RtcpReportBlock.MaxCumulativeLost)]
    [InlineData(RtcpReportBlock.MinCumulativeLost)]
    [InlineData(-1)]
    [InlineData(0)]
    public void Cumulative_loss_is_a_signed_24_bit_number(int lost)
    {
        Span<byte> buffer = stackalloc byte[64];
        var writer = new RtcpWriter(buffer);
        Assert.True(writer.TryAddReceiverReport(1, [new RtcpReportBlock(2, 255, lost, 0, 0, 0, 0)]));
        ReadOnlySpan<byte> datagram = buffer[..writer.Length];
        Assert.True(RtcpPacket.TryRead(ref datagram, out RtcpPacket packet));
        Assert.True(RtcpReport.TryRead(packet, out RtcpReport report));
        Assert.False(report.IsSender);
        Assert.Equal(lost, report.Block(0).CumulativeLost);
        Assert.Equal(255, report.Block(0).FractionLost);
    }

    [Theory]
    [InlineData("81CD000300000001000000020005FFFF", "Nack")]
    [InlineData("8FCD0004000000010000000200010002000003E8", "TransportCongestion")]
    [InlineData("81CE00020000000100000002", "PictureLoss")]
    [InlineData("84CE000400000001000000020000000301000000", "FullIntraRequest")]
    [InlineData("8FCE0005000000010000000052454D420106000100000003", "MaximumBitrate")]
    [InlineData("8FCE0005000000010000000041424344010600010000AAAA", "Other")]
    [InlineData("81CD00020000000100000002", null)]
    [InlineData("81CE000100000001", null)]
    public void Feedback_is_told_apart(string hex, string? kind)
    {
        ReadOnlySpan<byte> datagram = Convert.FromHexString(hex);
        Assert.True(RtcpPacket.TryRead(ref datagram, out RtcpPacket packet));
        Assert.Equal(kind is not null, RtcpFeedback.TryRead(packet, out RtcpFeedback feedback));
        if (kind is not null)
            Assert.Equal(kind, feedback.Kind.ToString());
        Assert.Equal(kind == "MaximumBitrate", feedback.TryReadBitrate(out long bitrate));
        if (kind == "MaximumBitrate")
            Assert.Equal(131_073 << 1, bitrate);
    }

    [Theory]
    [InlineData("")]
    [InlineData("80C8")]
    [InlineData("80C90002000000")]
    [InlineData("40C9000100000001")]
    [InlineData("80C9000100000001FF")]
    [InlineData("A0C900010000000480C9000100000001")]
    [InlineData("A0C9000100000003")]
    [InlineData("A0C9000100000008")]
    public void Damaged_compounds_are_refused(string hex) => Assert.False(RtcpPacket.IsWellFormed(Convert.FromHexString(hex)));

    [Fact]
    public void Padding_on_the_last_packet_is_cut()
    {
        ReadOnlySpan<byte> datagram = Convert.FromHexString("80C9000100000001A0C900020000000200000004");
        Assert.True(RtcpPacket.IsWellFormed(datagram));
        Assert.True(RtcpPacket.TryRead(ref datagram, out _));
        Assert.True(RtcpPacket.TryRead(ref datagram, out RtcpPacket packet));
        Assert.Equal(4, packet.Body.Length);
    }

    [Fact]
    public void Counts_beyond_the_body_are_refused()
    {
        ReadOnlySpan<byte> report = Convert.FromHexString("81C9000100000001");
        Assert.True(RtcpPacket.TryRead(ref report, out RtcpPacket packet));
        Assert.False(RtcpReport.TryRead(packet, out _));
        ReadOnlySpan<byte> bye = Convert.FromHexString("82CB000100000001");
        Assert.True(RtcpPacket.TryRead(ref bye, out packet));
        Assert.False(packet.TryReadBye(out _));
        ReadOnlySpan<byte> sdes = Convert.FromHexString("81CA0002000000010180AAAA");
        Assert.True(RtcpPacket.TryRead(ref sdes, out packet));
        Assert.False(RtcpSourceDescription.TryReadCname(packet, 1, out _));
    }

    [Fact]
    public void Ntp_time_has_its_epoch_in_1900()
    {
        var time = NtpTimestamp.From(new DateTimeOffset(1970, 1, 1, 0, 0, 0, 500, TimeSpan.Zero));
        Assert.Equal(2_208_988_800u, (uint)(time.Value >> 32));
        Assert.Equal(0x8000_0000u, (uint)time.Value);
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new SeededRandom(424242);
        byte[] bytes = new byte[120];
        int read = 0;
        for (int i = 0; i < 200_000; i++)
        {
            int length = random.Next(bytes.Length) & ~3;
            random.Fill(bytes.AsSpan(0, length));
            if (length >= 4)
            {
                bytes[0] = (byte)(0x80 | (bytes[0] & 0x1F));
                bytes[1] = (byte)(200 + (bytes[1] & 7));
                bytes[2] = 0;
                bytes[3] = (byte)((length / 4) - 1);
            }

            ReadOnlySpan<byte> datagram = bytes.AsSpan(0, length);
            while (RtcpPacket.TryRead(ref datagram, out RtcpPacket packet))
            {
                read += RtcpReport.TryRead(packet, out _) ? 1 : 0;
                read += RtcpFeedback.TryRead(packet, out _) ? 1 : 0;
                read += packet.TryReadBye(out _) ? 1 : 0;
                RtcpSourceDescription.TryReadCname(packet, 1, out _);
            }
        }

        Assert.True(read > 1000, random.ToString());
    }
}
