using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using AgentGateway.Testing.Network;
using AgentGateway.Testing.Peers;

namespace AgentGateway.Simulation;

/// <summary>From offer to connected, over the scenario and network matrix.</summary>
public sealed class ConnectTests
{
    public static TheoryData<bool, bool, string> Matrix()
    {
        var data = new TheoryData<bool, bool, string>();
        foreach (bool lite in new[] { false, true })
        {
            foreach (bool withoutCandidates in new[] { false, true })
            {
                foreach (string network in Networks.Names)
                    data.Add(lite, withoutCandidates, network);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public void Connects(bool lite, bool withoutCandidates, string network)
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            using var pair = new TwoPeers(new TwoPeersOptions
            {
                Seed = seed,
                Network = Networks.Get(network),
                AnswererIsLite = lite,
                OfferWithoutCandidates = withoutCandidates,
            });
            pair.Call();
            Assert.True(pair.RunUntil(() => pair.BothConnected, TimeSpan.FromSeconds(30)), pair.ToString());
            foreach (PeerSide side in new[] { pair.Caller, pair.Answerer })
            {
                Assert.NotNull(side.ReachedAt(RtcPeerState.Connecting));
                Assert.Null(side.ReachedAt(RtcPeerState.Failed));
                Assert.Equal("opus", side.Peer.Audio!.Codec);
                Assert.True(side.Peer.HasDataChannels);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_perfect_network_takes_a_known_number_of_round_trips(bool lite)
    {
        using var pair = new TwoPeers(new TwoPeersOptions
        {
            Network = new NetemOptions { Latency = TimeSpan.FromMilliseconds(50) },
            AnswererIsLite = lite,
        });
        pair.Call();
        Assert.True(pair.RunUntil(() => pair.BothConnected, TimeSpan.FromSeconds(5)), pair.ToString());

        // 20 ms of signalling, one round trip of ICE, at most three of DTLS (hello verification included), and a little pacing.
        double took = (pair.Now - Instant.FromMilliseconds(1000)).TotalMilliseconds;
        Assert.InRange(took, 220, 520);
    }

    [Fact]
    public void An_active_answerer_connects_too()
    {
        using var pair = TwoPeers.Connected(new TwoPeersOptions
        {
            Network = NetemOptions.Lossy5,
            ConfigureAnswerer = o => o with { PreferActive = true },
        });
        Assert.True(pair.BothConnected);
    }

    [Fact]
    public void Without_a_network_the_caller_gives_up_in_time()
    {
        using var pair = new TwoPeers(new TwoPeersOptions { Network = new NetemOptions { Loss = 1 } });
        pair.Call();
        pair.RunFor(TimeSpan.FromMinutes(2));
        Assert.Equal((RtcPeerState.Failed, RtcEndReason.IceTimeout), (pair.Caller.Peer.State, pair.Caller.Peer.EndReason));
        Assert.Equal((RtcPeerState.Failed, RtcEndReason.IceTimeout), (pair.Answerer.Peer.State, pair.Answerer.Peer.EndReason));
        Assert.Null(pair.Caller.Peer.NextTimeout);
        Assert.Null(pair.Answerer.Peer.NextTimeout);
        Assert.InRange((pair.Caller.ReachedAt(RtcPeerState.Failed)!.Value - Instant.FromMilliseconds(1000)).TotalSeconds, 10, 60);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Somebody_with_another_certificate_is_refused(bool wrongInOffer)
    {
        string Wrong(string sdp) => string.Join("\r\n", sdp.Split("\r\n").Select(l => l.StartsWith("a=fingerprint:", StringComparison.Ordinal)
            ? "a=fingerprint:sha-256 " + string.Join(':', Enumerable.Repeat("AB", 32))
            : l));
        using var pair = new TwoPeers(new TwoPeersOptions
        {
            RewriteOffer = s => wrongInOffer ? Wrong(s) : s,
            RewriteAnswer = s => wrongInOffer ? s : Wrong(s),
        });
        PeerSide deceived = wrongInOffer ? pair.Answerer : pair.Caller;
        pair.Call();
        pair.StartAudio();
        pair.RunFor(TimeSpan.FromSeconds(60));
        Assert.Equal((RtcPeerState.Failed, RtcEndReason.FingerprintMismatch), (deceived.Peer.State, deceived.Peer.EndReason));
        Assert.Null(deceived.ReachedAt(RtcPeerState.Connected));
        Assert.Equal(0, pair.Caller.AudioReceived + pair.Answerer.AudioReceived);
        Assert.Contains(pair.Other(deceived).Peer.State, new[] { RtcPeerState.Failed, RtcPeerState.Closed });
    }

    [Theory]
    [InlineData("none")]
    [InlineData("lossy20")]
    [InlineData("wifi")]
    public void Same_seed_same_digest(string network)
    {
        ulong first = Run(7);
        Assert.Equal(first, Run(7));
        Assert.NotEqual(first, Run(8));

        ulong Run(ulong seed)
        {
            using var pair = new TwoPeers(new TwoPeersOptions { Seed = seed, Network = Networks.Get(network) });
            pair.Call();
            pair.StartAudio();
            pair.RunFor(TimeSpan.FromSeconds(20));
            pair.Caller.Peer.Close(pair.Now);
            pair.RunFor(TimeSpan.FromSeconds(40));
            return pair.Digest;
        }
    }
}
