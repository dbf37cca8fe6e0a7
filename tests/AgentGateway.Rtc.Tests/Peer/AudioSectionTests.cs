using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Wire.Sdp;
using AgentGateway.Testing.Peers;

namespace AgentGateway.Rtc.Tests.Peer;

/// <summary>Several audio sections on one transport.</summary>
public sealed class AudioSectionTests
{
    [Fact]
    public void Each_offered_section_is_answered_with_a_stream_of_its_own()
    {
        using RtcPeer peer = PeerFactory.Create();
        SdpSession answer = peer.Answer(PeerFactory.ChromiumOfferWith(2));
        Assert.Equal(["0", "1", "2", "3"], answer.Media.Select(m => m.Mid));
        Assert.Equal(["0", "1", "2", "3"], answer.Bundle!.Mids);
        Assert.All(answer.Media, m => Assert.False(m.IsRejected));

        // We have a voice for one of them; the others are there to be heard.
        Assert.Equal(
            [SdpDirection.SendReceive, SdpDirection.ReceiveOnly, SdpDirection.ReceiveOnly],
            answer.Media.Where(m => m.Kind == "audio").Select(answer.GetDirection));
        Assert.Equal("agent agent-audio", Assert.Single(answer.Media[0].Msids).ToString());
        Assert.Empty(answer.Media[2].Msids);
        Assert.Equal([0, 2, 3], peer.AudioSections.Select(s => s.Index));
        Assert.Equal(["0", "2", "3"], peer.AudioSections.Select(s => s.Audio!.Mid));
        Assert.Equal(["track2", "track3"], peer.AudioSections.Skip(1).Select(s => s.Audio!.RemoteTrackId));
        Assert.Equal("room", peer.AudioSections[1].Audio!.RemoteStreamId);
        Assert.Equal(3, peer.AudioSections.Select(s => s.LocalSsrc).Distinct().Count());
        Assert.Equal(peer.AudioSections[0].LocalSsrc, peer.LocalSsrc);
        Assert.Equal(
            peer.AudioSections, Events(peer).Where(e => e.Kind == RtcPeerEventKind.AudioAdded).Select(e => e.Section!));
    }

    [Theory]
    [InlineData("sendonly", "recvonly", SdpDirection.ReceiveOnly, SdpDirection.SendOnly, 1)]
    [InlineData("recvonly", "sendonly", SdpDirection.SendOnly, SdpDirection.ReceiveOnly, 0)]
    [InlineData("sendonly", "sendonly", SdpDirection.ReceiveOnly, SdpDirection.ReceiveOnly, 0)]
    [InlineData("inactive", "sendrecv", SdpDirection.Inactive, SdpDirection.SendReceive, 1)]
    public void Our_voice_takes_the_section_that_it_may_speak_in(string first, string second, SdpDirection ours, SdpDirection others, int speaking)
    {
        using RtcPeer peer = PeerFactory.Create();
        string offer = PeerFactory.ChromiumOfferWith(1);
        int at = offer.LastIndexOf("m=audio", StringComparison.Ordinal);
        peer.Answer(offer[..at].With("a=sendrecv", $"a={first}") + offer[at..].With("a=sendrecv", $"a={second}"));
        Assert.Equal([ours, others], peer.AudioSections.Select(s => s.Audio!.Direction));
        Assert.Equal(peer.AudioSections[speaking].LocalSsrc, peer.LocalSsrc);
    }

    [Fact]
    public void Sections_beyond_the_bound_are_rejected_in_their_place()
    {
        using RtcPeer peer = PeerFactory.Create(o => o with { MaxAudioSections = 2 });
        SdpSession answer = peer.Answer(PeerFactory.ChromiumOfferWith(3));
        Assert.Equal([false, false, false, true, true], answer.Media.Select(m => m.IsRejected));
        Assert.Equal(["0", "1", "2"], answer.Bundle!.Mids);
        Assert.Equal(2, peer.AudioSections.Count);
        Assert.Throws<InvalidOperationException>(() => peer.AddAudio());
    }

    [Fact]
    public void Audio_that_cannot_share_the_transport_is_rejected_and_the_call_goes_on()
    {
        using RtcPeer peer = PeerFactory.Create();
        SdpSession answer = peer.Answer(PeerFactory.ChromiumOfferWith(2).With("a=group:BUNDLE 0 1 2 3", "a=group:BUNDLE 0 1 3"));
        Assert.Equal([false, false, true, false], answer.Media.Select(m => m.IsRejected));
        Assert.Equal(["0", "1", "3"], answer.Bundle!.Mids);
    }

    [Fact]
    public void Audio_is_told_with_its_section_and_sent_in_the_one_that_is_chosen()
    {
        using TwoPeers pair = Pair(3);
        pair.StartAudioEverywhere();
        pair.RunFor(TimeSpan.FromSeconds(10));
        foreach (PeerSide side in new[] { pair.Caller, pair.Answerer })
        {
            Assert.Equal(3, side.AudioIn.Count);
            Assert.All(side.AudioIn, heard => Assert.InRange(heard.Value, 499, 501));
            Assert.Equal(0, side.AudioCorrupt);
            Assert.All(side.AudioIn.Keys, s => Assert.Equal(
                pair.Other(side).Peer.AudioSections.Single(o => o.LocalSsrc == s.RemoteSsrc).TrackId, s.Audio!.RemoteTrackId));
            RtcStatistics statistics = side.Peer.GetStatistics(pair.Now);
            Assert.Equal(0, statistics.TotalDrops);
            Assert.InRange(statistics.Audio.PacketsReceived, 1497, 1503);
            Assert.Equal(["0", "1", "2"], statistics.AudioSections.Select(s => s.Mid));
            Assert.All(statistics.AudioSections, s => Assert.InRange(s.PacketsReceived, 499, 501));

            // Each stream has its own reports, which measure the round trip.
            Assert.All(statistics.AudioSections, s => Assert.NotNull(s.RoundTripTime));
            Assert.All(statistics.AudioSections, s => Assert.InRange(s.RtcpSent, 1, 8));
        }
    }

    [Fact]
    public void Packets_of_several_sections_cost_no_memory()
    {
        using TwoPeers pair = Pair(4);
        RtcPeer caller = pair.Caller.Peer;
        RtcAudioSection[] sections = [.. caller.AudioSections];
        byte[] payload = new byte[160];
        (int received, long allocated) = AudioExchange.Measure(pair, 4000, (now, i) => caller.SendAudio(
            now, sections[i % sections.Length], payload, i / sections.Length * 960L, marker: false, AudioExchange.AudioLevel));
        Assert.Equal(4, sections.Length);
        Assert.Equal(4000, received);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Lost_packets_are_asked_for_in_the_stream_that_lost_them()
    {
        using TwoPeers pair = Pair(2, o => o with { PreferRed = false });
        pair.StartAudioEverywhere();
        pair.RunFor(TimeSpan.FromSeconds(2));
        uint lossy = pair.Caller.Peer.AudioSections[1].LocalSsrc;
        pair.Caller.Peer.SendAudio(pair.Now, pair.Caller.Peer.AudioSections[1], new byte[10], 0, marker: false);
        Assert.True(pair.Caller.Peer.TryPollTransmit(new byte[RtcPeer.TransmitBufferSize], out _, out _));
        pair.RunFor(TimeSpan.FromSeconds(1));
        RtcStatistics statistics = pair.Answerer.Peer.GetStatistics(pair.Now);
        Assert.Equal([0L, 1L], statistics.AudioSections.Select(s => s.PacketsRequested));
        Assert.Equal([0L, 1L], statistics.AudioSections.Select(s => s.PacketsRetransmitted));
        Assert.Equal([0L, 1L], pair.Caller.Peer.GetStatistics(pair.Now).AudioSections.Select(s => s.RetransmissionsSent));
        Assert.Equal(lossy, statistics.AudioSections[1].RemoteSsrc);
    }

    [Fact]
    public void A_room_may_begin_empty_and_fill_later()
    {
        using RtcPeer peer = PeerFactory.Create(o => o with { RequireAudio = false });
        string offer = PeerFactory.ChromiumOfferWith(1);
        int audio = offer.IndexOf("m=audio", StringComparison.Ordinal);
        int data = offer.IndexOf("m=application", StringComparison.Ordinal);
        int more = offer.LastIndexOf("m=audio", StringComparison.Ordinal);
        string transport = string.Concat(offer[audio..data].Split("\r\n")
            .Where(l => l.StartsWith("a=ice-", StringComparison.Ordinal) || l.StartsWith("a=fingerprint", StringComparison.Ordinal) || l.StartsWith("a=setup", StringComparison.Ordinal))
            .Select(l => l + "\r\n"));
        string empty = offer[..audio].With("a=group:BUNDLE 0 1 2", "a=group:BUNDLE 1") + offer[data..more];
        Assert.True(peer.AcceptOffer(Instant.Zero, empty).IsSuccess, transport);
        Assert.Null(peer.Audio);
        Assert.True(peer.HasDataChannels);
        Assert.Empty(peer.GetStatistics(Instant.Zero).AudioSections);
        SdpSession answer = peer.Answer(offer[..audio].With("a=group:BUNDLE 0 1 2", "a=group:BUNDLE 1 2") + offer[data..]);
        Assert.Equal(["application", "audio"], answer.Media.Select(m => m.Kind));
        Assert.Equal("2", peer.Audio!.Mid);
        Assert.Equal(SdpResultError.NoAudio, PeerFactory.Create().AcceptOffer(Instant.Zero, empty).Error);
    }

    /// <summary>A connected pair with some audio sections, all both ways.</summary>
    internal static TwoPeers Pair(int sections, Func<RtcPeerOptions, RtcPeerOptions>? configure = null)
    {
        var pair = new TwoPeers(new TwoPeersOptions { ConfigureCaller = configure ?? (o => o), ConfigureAnswerer = configure ?? (o => o) });
        for (int i = 1; i < sections; i++)
        {
            pair.Caller.Peer.AddAudio();
            pair.Answerer.Peer.AddAudio();
        }

        pair.Call();
        Assert.True(pair.RunUntil(() => pair.BothConnected, TimeSpan.FromSeconds(5)), pair.ToString());
        return pair;
    }

    private static List<RtcPeerEvent> Events(RtcPeer peer)
    {
        var events = new List<RtcPeerEvent>();
        while (peer.TryPollEvent(out RtcPeerEvent e))
            events.Add(e);
        return events;
    }
}
