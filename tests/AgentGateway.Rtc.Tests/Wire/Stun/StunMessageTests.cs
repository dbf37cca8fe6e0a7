using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Stun;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Wire.Stun;

public sealed class StunMessageTests
{
    private static readonly StunTransactionId Id = new(0x01020304, 0x05060708090A0B0C);
    private static readonly byte[] Key = [.. "abcdefghijklmnopqrstuv"u8];

    [Theory]
    [InlineData(StunClass.Request, StunMethod.Binding, 0x0001)]
    [InlineData(StunClass.Indication, StunMethod.Binding, 0x0011)]
    [InlineData(StunClass.SuccessResponse, StunMethod.Binding, 0x0101)]
    [InlineData(StunClass.ErrorResponse, StunMethod.Binding, 0x0111)]
    [InlineData(StunClass.ErrorResponse, StunMethod.Allocate, 0x0113)]
    [InlineData(StunClass.Request, (StunMethod)0xFFF, 0x3EEF)]
    public void Class_and_method_share_the_type_field(StunClass messageClass, StunMethod method, int type)
    {
        byte[] buffer = new byte[20];
        var writer = new StunWriter(buffer, messageClass, method, Id);
        Assert.Equal(20, writer.Length);
        Assert.Equal(type, (buffer[0] << 8) | buffer[1]);
        Assert.True(StunMessage.TryParse(buffer, out StunMessage message));
        Assert.Equal(messageClass, message.Class);
        Assert.Equal(method, message.Method);
        Assert.Equal(Id, message.TransactionId);
    }

    [Fact]
    public void Every_attribute_survives_the_round_trip()
    {
        byte[] data = Full();
        Assert.True(StunMessage.TryParse(data, out StunMessage message, out StunParseError error), error.ToString());
        Assert.Equal("left:right", System.Text.Encoding.ASCII.GetString(message.UserName));
        Assert.Equal(77u, message.Priority);
        Assert.True(message.UseCandidate);
        Assert.Equal(ulong.MaxValue, message.IceControlling);
        Assert.Equal(5ul, message.IceControlled);
        Assert.Equal(487, message.ErrorCode);
        Assert.True(message.TryGetMappedAddress(out TransportAddress mapped));
        Assert.Equal(TransportAddress.FromIPv4(0xC0000201, 65535), mapped);
        Assert.Equal(2, message.UnknownRequiredCount);
        StunUnknownAttributes unknown = message.UnknownRequired;
        Assert.Equal((0x0003, 0x7FFF), (unknown[0], unknown[1]));
        Assert.True(message.VerifyIntegrity(Key));
        Assert.True(message.HasFingerprint);
        Assert.False(message.TryGetAttribute(StunAttributeType.Realm, out _));
    }

    [Fact]
    public void A_small_buffer_is_reported_and_never_overrun()
    {
        int full = Full().Length;
        for (int size = 0; size < full; size++)
        {
            byte[] buffer = new byte[size + 16];
            buffer.AsSpan(size).Fill(0xEE);
            StunWriter writer = Write(buffer.AsSpan(0, size));
            Assert.True(writer.Overflowed, $"{size} bytes");
            Assert.True(writer.Length <= size);
            Assert.Equal(-1, buffer.AsSpan(size).IndexOfAnyExcept((byte)0xEE));
        }
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] data = Full();
        for (int length = 0; length < data.Length; length++)
        {
            Assert.False(StunMessage.TryParse(data.AsSpan(0, length), out _, out StunParseError error));
            Assert.Equal(length < 20 ? StunParseError.TooShort : StunParseError.BadLength, error);
        }
    }

    [Theory]
    [InlineData("80", "0100002112a442 000000000000000000000000", StunParseError.NotStun)]
    [InlineData("00", "0100002112a443 000000000000000000000000", StunParseError.NotStun)]
    [InlineData("00", "0100022112a442 000000000000000000000000 0000", StunParseError.BadLength)]
    [InlineData("00", "0100042112a442 000000000000000000000000 00060001", StunParseError.BadAttribute)]
    [InlineData("00", "0100082112a442 000000000000000000000000 0024000300000000", StunParseError.BadAttribute)]
    [InlineData("00", "0100082112a442 000000000000000000000000 802a000400000000", StunParseError.BadAttribute)]
    [InlineData("00", "0100082112a442 000000000000000000000000 0008000400000000", StunParseError.BadAttribute)]
    [InlineData("00", "0100082112a442 000000000000000000000000 8028000400000000", StunParseError.BadFingerprint)]
    [InlineData("00", "0100042112a442 000000000000000000000000 80280000", StunParseError.BadFingerprint)]
    public void Malformed_messages_are_refused_with_a_reason(string first, string rest, StunParseError expected)
    {
        byte[] data = Convert.FromHexString(first + rest.Replace(" ", string.Empty, StringComparison.Ordinal));
        Assert.False(StunMessage.TryParse(data, out _, out StunParseError error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Fingerprint_must_be_last_and_attributes_are_bounded()
    {
        Span<byte> buffer = stackalloc byte[600];
        var writer = new StunWriter(buffer, StunClass.Indication, StunMethod.Binding, Id);
        writer.AddFingerprint();
        writer.AddUseCandidate();
        Assert.False(StunMessage.TryParse(buffer[..writer.Length], out _, out StunParseError error));
        Assert.Equal(StunParseError.BadFingerprint, error);

        writer = new StunWriter(buffer, StunClass.Indication, StunMethod.Binding, Id);
        for (int i = 0; i < StunMessage.MaxAttributes; i++)
            writer.AddAttribute(StunAttributeType.Software, default);
        Assert.True(StunMessage.TryParse(buffer[..writer.Length], out _));
        writer.AddAttribute(StunAttributeType.Software, default);
        Assert.False(StunMessage.TryParse(buffer[..writer.Length], out _, out error));
        Assert.Equal(StunParseError.TooManyAttributes, error);
    }

    [Fact]
    public void Integrity_of_an_oversized_message_is_refused_without_overrun()
    {
        byte[] buffer = new byte[4000];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, Id);
        writer.AddAttribute(StunAttributeType.Software, new byte[2100]);
        int before = writer.Length;
        writer.AddAttribute(StunAttributeType.MessageIntegrity, new byte[20]);
        Assert.True(StunMessage.TryParse(buffer.AsSpan(0, writer.Length), out StunMessage message));
        Assert.False(message.VerifyIntegrity(Key));
        var tooLong = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, Id);
        tooLong.AddAttribute(StunAttributeType.Software, new byte[2100]);
        tooLong.AddIntegrity(Key);
        Assert.True(tooLong.Overflowed);
        Assert.Equal(before, tooLong.Length);
    }

    [Theory]
    [InlineData("0001000c2112a442000000000000000000000000 00060008 6162636465663a67", "abcdef")]
    [InlineData("000100102112a442000000000000000000000000 80220000 00060008 6162636465663a67", "abcdef")]
    [InlineData("0001000c2112a442000000000000000000000000 00060008 3a62636465666768", null)]
    [InlineData("0001000c2112a442000000000000000000000000 00060008 616263646566673a", null)]
    [InlineData("0001000c2112a442000000000000000000000000 00060008 6162636465666768", null)]
    [InlineData("0101000c2112a442000000000000000000000000 00060008 6162636465663a67", null)]
    [InlineData("0001000c2112a442000000000000000000000000 00060009 6162636465663a67", null)]
    [InlineData("0001000c2112a442000000000000000000000000 8022ffff 6162636465663a67", null)]
    [InlineData("0001", null)]
    public void The_local_ufrag_is_read_for_the_demultiplexer(string hex, string? expected)
    {
        byte[] data = Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal));
        Assert.Equal(expected is not null, StunUsername.TryReadLocalUfrag(data, out ReadOnlySpan<byte> ufrag));
        Assert.Equal(expected ?? string.Empty, System.Text.Encoding.ASCII.GetString(ufrag));
    }

    [Fact]
    public void Parsing_verifying_and_writing_allocate_nothing()
    {
        byte[] request = StunVectors.Get("request");
        byte[] key = System.Text.Encoding.ASCII.GetBytes(StunVectors.Password);
        byte[] buffer = new byte[200];
        Work();
        Assert.Equal(0, Allocations.Least(Work));

        void Work()
        {
            for (int i = 0; i < 500; i++)
            {
                StunUsername.TryReadLocalUfrag(request, out _);
                if (!StunMessage.TryParse(request, out StunMessage message) || !message.VerifyIntegrity(key))
                    Assert.Fail("The vector must verify.");
                var writer = new StunWriter(buffer, StunClass.SuccessResponse, StunMethod.Binding, message.TransactionId);
                writer.AddXorMappedAddress(TransportAddress.FromIPv4(0x7F000001, 5000));
                writer.AddIntegrity(key);
                writer.AddFingerprint();
            }
        }
    }

    [Fact]
    public void Mutated_messages_never_throw_and_integrity_never_passes_on_changed_content()
    {
        const ulong seed = 5769;
        var random = new SeededRandom(seed);
        byte[][] originals = [StunVectors.Get("request"), StunVectors.Get("response6"), StunVectors.Get("longterm"), Full()];
        byte[] password = System.Text.Encoding.ASCII.GetBytes(StunVectors.Password);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] original = originals[random.Next(originals.Length)];
            byte[] data = (byte[])original.Clone();
            for (int n = 1 + random.Next(4); n > 0; n--)
                data[random.Next(data.Length)] = (byte)random.Next(256);
            if (random.Next(3) == 0)
                data = data[..random.Next(data.Length + 1)];
            StunUsername.TryReadLocalUfrag(data, out _);
            if (!StunMessage.TryParse(data, out StunMessage message))
                continue;
            _ = message.UserName.Length + message.ErrorCode;
            message.TryGetMappedAddress(out _);
            message.TryGetAttribute(StunAttributeType.Nonce, out _);
            if (message.VerifyIntegrity(password))
            {
                // Only what stands behind MESSAGE-INTEGRITY may differ, and the length that is rewritten for the computation.
                int end = original.AsSpan().IndexOf("\0\b\0\x14"u8);
                Assert.True(data.AsSpan(4, end - 4).SequenceEqual(original.AsSpan(4, end - 4)), $"seed {seed} iteration {i}");
            }
        }
    }

    private static byte[] Full()
    {
        byte[] buffer = new byte[400];
        StunWriter writer = Write(buffer);
        Assert.False(writer.Overflowed);
        return buffer[..writer.Length];
    }

    private static StunWriter Write(Span<byte> buffer)
    {
        var writer = new StunWriter(buffer, StunClass.ErrorResponse, StunMethod.Binding, Id);
        writer.AddUserName("left"u8, "right"u8);
        writer.AddPriority(77);
        writer.AddUseCandidate();
        writer.AddIceControlling(ulong.MaxValue);
        writer.AddIceControlled(5);
        writer.AddErrorCode(487, "Role Conflict"u8);
        writer.AddXorMappedAddress(TransportAddress.FromIPv4(0xC0000201, 65535));
        writer.AddUnknownAttributes([1, 2, 3]);
        writer.AddAttribute((StunAttributeType)0x0003, [1]);
        writer.AddAttribute((StunAttributeType)0x7FFF, default);
        writer.AddAttribute((StunAttributeType)0xC057, [1, 2, 3, 4]);
        writer.AddIntegrity(Key);
        writer.AddFingerprint();
        return writer;
    }
}
