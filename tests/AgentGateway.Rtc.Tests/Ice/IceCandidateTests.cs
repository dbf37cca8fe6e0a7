using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Ice;

public sealed class IceCandidateTests
{
    [Theory]
    [InlineData("candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 10.0.0.2 rport 5000 ufrag abcd")]
    [InlineData("candidate:1 1 udp 2130706431 2001:db8::7 5000 typ host")]
    [InlineData("candidate:2 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active")]
    [InlineData("candidate:3 1 udp 2113937151 1f4712db-ea17-4bcf-a596-105139dfd8bf.local 54596 typ host")]
    [InlineData("candidate:4 1 udp 41885439 198.51.100.3 3478 typ relay raddr 203.0.113.7 rport 46154")]
    [InlineData("candidate:5 1 udp 1 198.51.100.3 1 typ prflx raddr :: rport 0")]
    public void Canonical_lines_survive_the_round_trip(string line)
    {
        Assert.True(IceCandidate.TryParse(line, out IceCandidate? candidate));
        Assert.Equal(line, candidate!.Format());
        Assert.Equal(line["candidate:".Length..], candidate.FormatValue());
        Assert.True(IceCandidate.TryParse("a=" + line, out IceCandidate? again));
        Assert.Equal(candidate, again);
        Assert.True(IceCandidate.TryParse(candidate.FormatValue(), out again));
        Assert.Equal(candidate, again);
    }

    [Theory]
    [InlineData("candidate:1467250027 1 UDP 2122260223 192.168.1.4 46243 typ host generation 0 ufrag EsVP network-id 1 network-cost 10")]
    [InlineData("  candidate:1467250027 1 udp 2122260223 192.168.1.4 46243 typ host generation 0 \r\n")]
    public void Chromiums_extensions_and_odd_spelling_are_tolerated(string line)
    {
        Assert.True(IceCandidate.TryParse(line, out IceCandidate? candidate));
        Assert.Equal("udp", candidate!.Transport);
        Assert.Equal(IceNetwork.Address("192.168.1.4", 46243), candidate.Address);
        Assert.Null(candidate.Related);
    }

    [Theory]
    [InlineData("")]
    [InlineData("candidate:")]
    [InlineData("candidate:1 1 udp 1 192.0.2.1")]
    [InlineData("candidate:1 0 udp 1 192.0.2.1 5000 typ host")]
    [InlineData("candidate:1 257 udp 1 192.0.2.1 5000 typ host")]
    [InlineData("candidate:1 1 udp 4294967296 192.0.2.1 5000 typ host")]
    [InlineData("candidate:1 1 udp -1 192.0.2.1 5000 typ host")]
    [InlineData("candidate:1 1 udp 1 192.0.2.1 65536 typ host")]
    [InlineData("candidate:1 1 udp 1 192.0.2.1 5000 typ unknown")]
    [InlineData("candidate:1 1 udp 1 192.0.2.1 5000 host")]
    [InlineData("candidate:1 1 udp 1 exa$mple 5000 typ host")]
    [InlineData("candidate:1 1 udp 1 192.0.2.1 5000 typ srflx raddr")]
    [InlineData("candidate:123456789012345678901234567890123 1 udp 1 192.0.2.1 5000 typ host")]
    public void Malformed_lines_are_refused(string line)
    {
        Assert.False(IceCandidate.TryParse(line, out IceCandidate? candidate));
        Assert.Null(candidate);
    }

    [Fact]
    public void A_megabyte_is_refused_and_mutations_never_throw()
    {
        Assert.False(IceCandidate.TryParse("candidate:1 1 udp 1 192.0.2.1 5000 typ host " + new string('x', 1 << 20), out _));
        const ulong seed = 8839;
        var random = new SeededRandom(seed);
        const string line = "candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 10.0.0.2 rport 5000 ufrag abcd";
        int accepted = 0;
        for (int i = 0; i < 5000; i++)
        {
            char[] text = line.ToCharArray();
            for (int n = 1 + random.Next(4); n > 0; n--)
                text[random.Next(text.Length)] = (char)random.Next(random.Next(10) == 0 ? 0x3000 : 0x80);
            if (!IceCandidate.TryParse(text, out IceCandidate? candidate))
                continue;
            accepted++;
            Assert.True(IceCandidate.TryParse(candidate!.Format(), out IceCandidate? again), $"seed {seed}: {candidate}");
            Assert.Equal(candidate, again);
        }

        Assert.InRange(accepted, 500, 4500);
    }

    [Fact]
    public void Bases_priorities_and_foundations_follow_the_rules()
    {
        TransportAddress inside = IceNetwork.Address("10.0.0.2", 5000);
        TransportAddress outside = IceNetwork.Address("203.0.113.7", 5000);
        IceCandidate host = IceCandidate.CreateHost(inside);
        IceCandidate mapped = IceCandidate.CreateHost(outside, socketAddress: inside);
        IceCandidate reflexive = IceCandidate.CreateServerReflexive(outside, inside);
        Assert.Equal(2130706431u, host.Priority);
        Assert.Equal((100u << 24) | (65535u << 8) | 255u, reflexive.Priority);
        Assert.Equal([inside, inside, inside], [host.Base, mapped.Base, reflexive.Base]);
        Assert.Equal(host.Foundation, mapped.Foundation);
        Assert.NotEqual(host.Foundation, reflexive.Foundation);
        Assert.NotEqual(host.Foundation, IceCandidate.CreateHost(IceNetwork.Address("10.0.0.3", 5000)).Foundation);
        Assert.Equal("candidate:" + host.Foundation + " 1 udp 2130706431 10.0.0.2 5000 typ host", host.Format());
    }
}
