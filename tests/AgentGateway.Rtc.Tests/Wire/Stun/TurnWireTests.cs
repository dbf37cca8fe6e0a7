using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Rtc.Tests.Wire.Stun;

public sealed class TurnWireTests
{
    [Fact]
    public void Channel_data_round_trips_with_and_without_padding()
    {
        byte[] packet = new byte[16];
        "hello"u8.CopyTo(packet.AsSpan(4));
        Assert.Equal(9, ChannelData.Write(packet, 0x4ABC, 5, pad: false));
        Assert.Equal(12, ChannelData.Write(packet, 0x4ABC, 5, pad: true));
        Assert.True(ChannelData.TryParse(packet.AsSpan(0, 12), out ushort channel, out int length));
        Assert.Equal((0x4ABC, 5), (channel, length));
        Assert.False(ChannelData.TryParse(packet.AsSpan(0, 8), out _, out _));
        Assert.False(ChannelData.TryParse(packet.AsSpan(0, 3), out _, out _));
    }

    [Fact]
    public void Attributes_of_turn_are_known_to_turn_and_unknown_to_ice()
    {
        byte[] buffer = new byte[128];
        foreach ((StunMethod method, int unknown) in new[] { (StunMethod.Allocate, 0), (StunMethod.Binding, 2) })
        {
            var writer = new StunWriter(buffer, StunClass.Request, method, default);
            writer.AddNumber(StunAttributeType.Lifetime, 600);
            writer.AddNumber(StunAttributeType.RequestedTransport, 17 << 24);
            Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out StunMessage message));
            Assert.Equal(unknown, message.UnknownRequiredCount);
            Assert.True(message.TryGetUInt32(StunAttributeType.Lifetime, out uint lifetime));
            Assert.Equal(600u, lifetime);
        }
    }

    [Theory]
    [InlineData("", true, 0)]
    [InlineData("00", true, 0)]
    [InlineData("00010000", true, 20)]
    [InlineData("00010008", true, 28)]
    [InlineData("00010006", false, 26)]
    [InlineData("40000005", true, 12)]
    [InlineData("4FFF0000", true, 4)]
    [InlineData("50000000", false, 0)]
    [InlineData("80000000", false, 0)]
    [InlineData("16", true, 0)]
    [InlineData("80", false, 0)]
    [InlineData("0001FFFC", false, 65552)]
    public void The_size_of_a_framed_message_is_known_from_four_bytes(string hex, bool usable, int size)
    {
        Assert.Equal(usable, StunFraming.TryReadSize(Convert.FromHexString(hex), out int read));
        Assert.Equal(size, read);
    }
}
