using AgentGateway.Rtc.Wire.Sctp;

namespace AgentGateway.Rtc.Tests.Wire.Sctp;

public sealed class Crc32CTests
{
    // RFC 3720 appendix B.4 gives these; its hex strings are the transmitted bytes, so little-endian values.
    [Fact]
    public void Rfc_3720_vectors()
    {
        byte[] zeros = new byte[32];
        byte[] ones = [.. Enumerable.Repeat((byte)0xFF, 32)];
        byte[] ascending = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        byte[] descending = [.. Enumerable.Range(0, 32).Select(i => (byte)(31 - i))];
        Assert.Equal(0x8A9136AAu, Crc32C.Compute(zeros));
        Assert.Equal(0x62A8AB43u, Crc32C.Compute(ones));
        Assert.Equal(0x46DD794Eu, Crc32C.Compute(ascending));
        Assert.Equal(0x113FDB5Cu, Crc32C.Compute(descending));
    }

    [Fact]
    public void Check_value_of_the_digits()
    {
        Assert.Equal(0xE3069283u, Crc32C.Compute("123456789"u8));
    }

    // An iSCSI read command, RFC 3720 appendix B.4.
    [Fact]
    public void Iscsi_read_command()
    {
        byte[] pdu = Convert.FromHexString(
            "01C00000000000000000000000000000140000000000040000000014000000182800000000000000" + "0200000000000000");
        Assert.Equal(48, pdu.Length);
        Assert.Equal(0xD9963A56u, Crc32C.Compute(pdu));
    }

    [Theory]
    [InlineData(12)]
    [InlineData(16)]
    [InlineData(23)]
    [InlineData(1150)]
    public void A_packet_is_summed_with_its_checksum_taken_as_zero(int length)
    {
        byte[] packet = [.. Enumerable.Range(0, length).Select(i => (byte)((i * 7) + 1))];
        uint sum = Crc32C.ComputePacket(packet);
        packet.AsSpan(8, 4).Clear();
        Assert.Equal(Crc32C.Compute(packet), sum);
    }
}
