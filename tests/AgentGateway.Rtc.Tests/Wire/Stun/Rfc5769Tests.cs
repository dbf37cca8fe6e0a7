using System.Security.Cryptography;
using System.Text;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Rtc.Tests.Wire.Stun;

public sealed class Rfc5769Tests
{
    private static readonly byte[] Key = Encoding.ASCII.GetBytes(StunVectors.Password);

    [Fact]
    public void Sample_request_parses_and_authenticates()
    {
        Assert.True(StunMessage.TryParse(StunVectors.Get("request"), out StunMessage message, out StunParseError error), error.ToString());
        Assert.Equal(StunClass.Request, message.Class);
        Assert.Equal(StunMethod.Binding, message.Method);
        Assert.Equal(new StunTransactionId(0xb7e7a701, 0xbc34d686fa87dfae), message.TransactionId);
        Assert.Equal("evtj:h6vY", Encoding.ASCII.GetString(message.UserName));
        Assert.Equal(0x6e0001ffu, message.Priority);
        Assert.Equal(0x932ff9b151263b36ul, message.IceControlled);
        Assert.Null(message.IceControlling);
        Assert.False(message.UseCandidate);
        Assert.True(message.HasFingerprint);
        Assert.Equal(0, message.UnknownRequiredCount);
        Assert.True(message.TryGetAttribute(StunAttributeType.Software, out ReadOnlySpan<byte> software));
        Assert.Equal("STUN test client", Encoding.ASCII.GetString(software));
        Assert.True(message.VerifyIntegrity(Key));
        Assert.False(message.VerifyIntegrity("VOkJxbRl1RmTxUk/WvJxBu"u8));
    }

    [Theory]
    [InlineData("response4", "192.0.2.1")]
    [InlineData("response6", "2001:db8:1234:5678:11:2233:4455:6677")]
    public void Sample_responses_carry_the_mapped_address(string name, string address)
    {
        Assert.True(StunMessage.TryParse(StunVectors.Get(name), out StunMessage message));
        Assert.Equal(StunClass.SuccessResponse, message.Class);
        Assert.True(message.TryGetMappedAddress(out TransportAddress mapped));
        Assert.True(TransportAddress.TryParse(address, 32853, out TransportAddress expected));
        Assert.Equal(expected, mapped);
        Assert.True(message.VerifyIntegrity(Key));
        Assert.True(message.HasFingerprint);
    }

    [Fact]
    public void Long_term_request_authenticates_with_the_md5_key()
    {
        Assert.True(StunMessage.TryParse(StunVectors.Get("longterm"), out StunMessage message));
        Assert.Equal("マトリックス", Encoding.UTF8.GetString(message.UserName));
#pragma warning disable CA5351 // The long-term credential mechanism of RFC 8489 section 9.2 uses MD5.
        byte[] key = MD5.HashData(Encoding.UTF8.GetBytes("マトリックス:example.org:TheMatrIX"));
#pragma warning restore CA5351
        Assert.True(message.VerifyIntegrity(key));
        Assert.False(message.HasFingerprint);
    }

    [Theory]
    [InlineData("response4", "192.0.2.1")]
    [InlineData("response6", "2001:db8:1234:5678:11:2233:4455:6677")]
    public void Writing_the_same_content_authenticates_to_the_same_structure(string name, string address)
    {
        byte[] vector = StunVectors.Get(name);
        Assert.True(TransportAddress.TryParse(address, 32853, out TransportAddress mapped));
        Span<byte> buffer = stackalloc byte[200];
        var writer = new StunWriter(buffer, StunClass.SuccessResponse, StunMethod.Binding, new StunTransactionId(0xb7e7a701, 0xbc34d686fa87dfae));
        writer.AddAttribute(StunAttributeType.Software, "test vector"u8);
        writer.AddXorMappedAddress(mapped);
        // The vector pads with a space where we pad with zero; up to the integrity attribute everything else is equal.
        int integrity = writer.Length;
        buffer[20 + 4 + 11] = (byte)' ';
        writer.AddIntegrity(Key);
        writer.AddFingerprint();
        Assert.False(writer.Overflowed);
        Assert.Equal(vector.Length, writer.Length);
        Assert.Equal(Convert.ToHexString(vector[integrity..]), Convert.ToHexString(buffer[integrity..writer.Length]));
    }
}
