using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Mdns;
using AgentGateway.Testing.Network;

namespace AgentGateway.Rtc.Tests.Wire.Mdns;

public sealed class MdnsTests
{
    private const string Name = "1f4712db-ea17-4bcf-a596-105139dfd8bf.local";

    [Theory]
    [InlineData(Name, true)]
    [InlineData("A.LOCAL", true)]
    [InlineData("a-1.local", true)]
    [InlineData(".local", false)]
    [InlineData("local", false)]
    [InlineData("printer.office.local", false)]
    [InlineData("a.local.", false)]
    [InlineData("a.localhost", false)]
    [InlineData("example.com", false)]
    [InlineData("ä.local", false)]
    [InlineData("a b.local", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Only_a_single_label_is_asked_for(string? name, bool valid) => Assert.Equal(valid, MdnsName.IsValid(name));

    [Fact]
    public void A_label_may_have_63_characters()
    {
        Assert.True(MdnsName.IsValid(new string('a', 63) + ".local"));
        Assert.False(MdnsName.IsValid(new string('a', 64) + ".local"));
    }

    [Fact]
    public void A_query_asks_for_both_families_and_for_an_answer_to_us_alone()
    {
        byte[] buffer = new byte[MdnsQuery.MaxSize];
        int length = MdnsQuery.Write(buffer, 0x1234, "ab.local");
        Assert.Equal("1234" + "0000" + "0002" + "000000000000" + "026162056C6F63616C00" + "0001" + "8001" + "026162056C6F63616C00" + "001C" + "8001", Convert.ToHexString(buffer, 0, length));
        Assert.Equal(MdnsQuery.MaxSize, MdnsQuery.Write(buffer, 1, new string('a', 63) + ".local"));
        Assert.Throws<ArgumentException>(() => MdnsQuery.Write(buffer, 1, "example.com"));
    }

    [Theory]
    [InlineData("ab.local", "192.0.2.7")]
    [InlineData("AB.Local", "192.0.2.7")]
    [InlineData("ab.local", "2001:db8::7")]
    public void An_address_is_found(string name, string address)
    {
        byte[] message = new MdnsMessageBuilder(7).Add("ab.local", address, seconds: 120).Build();
        Assert.True(MdnsResponse.TryFindAddress(message, name, out ushort id, out TransportAddress found, out TimeSpan ttl));
        Assert.Equal(7, id);
        Assert.Equal(address, found.Address.ToString());
        Assert.Equal(TimeSpan.FromSeconds(120), ttl);
    }

    [Fact]
    public void An_ipv4_address_is_preferred_wherever_it_stands()
    {
        byte[] message = new MdnsMessageBuilder(0).Add("ab.local", "2001:db8::7").Add("cd.local", "192.0.2.8").Add("ab.local", "192.0.2.7").Build();
        Assert.True(MdnsResponse.TryFindAddress(message, "ab.local", out _, out TransportAddress found, out _));
        Assert.Equal("192.0.2.7", found.Address.ToString());
    }

    [Fact]
    public void A_legacy_answer_repeats_the_question_and_points_back_to_it()
    {
        byte[] query = new byte[MdnsQuery.MaxSize];
        int length = MdnsQuery.Write(query, 99, "ab.local");
        byte[] message = [.. query.AsSpan(0, length), 0xC0, 12, 0, 1, 0x80, 1, 0, 0, 0, 10, 0, 4, 192, 0, 2, 7];
        message[2] = 0x84;
        message[7] = 1;
        Assert.True(MdnsResponse.TryFindAddress(message, "ab.local", out ushort id, out TransportAddress found, out _));
        Assert.Equal(99, id);
        Assert.Equal("192.0.2.7", found.Address.ToString());
    }

    public static TheoryData<string, byte[]> Useless() => new()
    {
        { "another name", new MdnsMessageBuilder(0).Add("abc.local", "192.0.2.7").Build() },
        { "a longer name", new MdnsMessageBuilder(0).Add("ab.local.example", "192.0.2.7").Build() },
        { "a shorter name", new MdnsMessageBuilder(0).Add("ab", "192.0.2.7").Build() },
        { "a goodbye", new MdnsMessageBuilder(0).Add("ab.local", "192.0.2.7", seconds: 0).Build() },
        { "a query", With(new MdnsMessageBuilder(0).Add("ab.local", "192.0.2.7").Build(), 2, 0x00) },
        { "an error", With(new MdnsMessageBuilder(0).Add("ab.local", "192.0.2.7").Build(), 3, 0x03) },
        { "another class", new MdnsMessageBuilder(0).Add("ab.local", "192.0.2.7", recordClass: 3).Build() },
        { "too many records", With(new MdnsMessageBuilder(0).Add("ab.local", "192.0.2.7").Build(), 6, 0xFF) },
        { "a pointer to itself", [0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 1, 2, 3, 4] },
        { "a pointer ahead", [0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0xC0, 20, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 1, 2, 3, 4] },
        { "nothing", [] },
        { "a header", new byte[12] },
    };

    [Theory]
    [MemberData(nameof(Useless))]
    public void What_does_not_tell_is_refused(string what, byte[] message) =>
        Assert.False(MdnsResponse.TryFindAddress(message, "ab.local", out _, out _, out _), what);

    [Fact]
    public void Cuts_and_mutations_never_throw()
    {
        var random = new Random(20261121);
        byte[] good = new MdnsMessageBuilder(1).Add("cd.local", "2001:db8::7").Add("ab.local", "192.0.2.7").Build();
        for (int i = 0; i <= good.Length; i++)
            MdnsResponse.TryFindAddress(good.AsSpan(0, i), "ab.local", out _, out _, out _);
        for (int i = 0; i < 50_000; i++)
        {
            byte[] bad = (byte[])good.Clone();
            for (int n = random.Next(1, 5); n > 0; n--)
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            MdnsResponse.TryFindAddress(bad, "ab.local", out _, out _, out _);
        }
    }

    private static byte[] With(byte[] message, int at, byte value)
    {
        message[at] = value;
        return message;
    }
}
