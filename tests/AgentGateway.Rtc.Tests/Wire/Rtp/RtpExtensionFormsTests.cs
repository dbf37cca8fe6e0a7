using AgentGateway.Rtc.Wire.Rtp;

namespace AgentGateway.Rtc.Tests.Wire.Rtp;

public sealed class RtpExtensionFormsTests
{
    private readonly byte[] _buffer = new byte[200];

    [Theory]
    [InlineData(false, 14, 16)]
    [InlineData(true, 15, 0)]
    [InlineData(true, 255, 40)]
    public void Both_forms_are_written_and_read_again(bool twoByte, int id, int length)
    {
        byte[] value = [.. Enumerable.Range(1, length).Select(i => (byte)i)];
        Assert.True(RtpWriter.TryStart(_buffer, 111, false, 1, 2, 3, out RtpWriter writer));
        if (twoByte)
            writer.UseTwoByteExtensions();
        Assert.True(writer.TryAddExtension(1, [0x55]));
        Assert.True(writer.TryAddExtension(id, value));
        Assert.True(writer.TryFinish([9, 9]));
        Assert.True(RtpPacket.TryParse(_buffer.AsSpan(0, writer.Length), out RtpPacket packet));
        Assert.True(packet.Extensions.TryFind(1, out ReadOnlySpan<byte> first));
        Assert.Equal([0x55], first.ToArray());
        Assert.True(packet.Extensions.TryFind(id, out ReadOnlySpan<byte> second));
        Assert.Equal(value, second.ToArray());
        Assert.Equal([9, 9], packet.Payload.ToArray());
        Assert.Equal(twoByte ? 0x10 : 0xBE, _buffer[12]);
    }

    [Fact]
    public void What_a_form_cannot_hold_is_refused()
    {
        Assert.True(RtpWriter.TryStart(_buffer, 111, false, 1, 2, 3, out RtpWriter writer));
        Assert.False(writer.TryAddExtension(15, [1]));
        Assert.False(writer.TryAddExtension(1, []));
        Assert.False(writer.TryAddExtension(1, new byte[17]));
        Assert.True(writer.TryAddExtension(1, [1]));

        // Too late to change the form.
        writer.UseTwoByteExtensions();
        Assert.False(writer.TryAddExtension(15, [1]));
    }

    [Fact]
    public void Send_time_and_transport_sequence_survive_the_wire()
    {
        Span<byte> bytes = stackalloc byte[3];
        foreach (double seconds in new[] { 0, 0.5, 63.999_99, 64, 3600.25 })
        {
            RtpExtensionValue.WriteAbsoluteSendTime(bytes, TimeSpan.FromSeconds(seconds));
            Assert.True(RtpExtensionValue.TryReadAbsoluteSendTime(bytes, out TimeSpan time));
            Assert.Equal(seconds % 64, time.TotalSeconds, 0.000_01);
        }

        RtpExtensionValue.WriteTransportSequence(bytes, 0xFFFE);
        Assert.True(RtpExtensionValue.TryReadTransportSequence(bytes, out ushort sequence));
        Assert.Equal(0xFFFE, sequence);
    }

    [Theory]
    [InlineData("31", true)]
    [InlineData("6869", true)]
    [InlineData("", false)]
    [InlineData("3100", false)]
    [InlineData("C3A4", false)]
    [InlineData("3132333435363738393031323334353637", false)]
    public void Stream_ids_are_letters_and_digits(string hex, bool valid) =>
        Assert.Equal(valid, RtpExtensionValue.IsStreamId(Convert.FromHexString(hex)));
}
