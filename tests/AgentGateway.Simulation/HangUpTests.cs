using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Testing.Network;
using AgentGateway.Testing.Peers;

namespace AgentGateway.Simulation;

public sealed class HangUpTests
{
    private const byte DtlsApplicationData = 23;

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public void The_other_side_knows_within_one_trip(bool callerHangsUp, bool lite)
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions { AnswererIsLite = lite });
        pair.StartAudio();
        pair.Caller.Peer.OpenChannel(pair.Now, new DataChannelOptions { Label = "events" });
        pair.RunFor(TimeSpan.FromSeconds(3));
        PeerSide leaving = callerHangsUp ? pair.Caller : pair.Answerer;
        PeerSide staying = pair.Other(leaving);
        leaving.Peer.Close(pair.Now);
        Assert.Equal((RtcPeerState.Closed, RtcEndReason.LocalClose), (leaving.Peer.State, leaving.Peer.EndReason));
        pair.RunFor(TimeSpan.FromMilliseconds(50));
        Assert.True(staying.Saw(RtcPeerEventKind.RemoteBye), pair.ToString());
        Assert.True(staying.Saw(RtcPeerEventKind.ChannelClosed), pair.ToString());
        Assert.Equal((RtcPeerState.Closed, RtcEndReason.RemoteClose), (staying.Peer.State, staying.Peer.EndReason));

        // Dead quiet afterwards: no timer, no packet, whatever is called.
        long sent = pair.Uplink.Sent + pair.Downlink.Sent;
        Assert.Null(leaving.Peer.NextTimeout);
        Assert.Null(staying.Peer.NextTimeout);
        Assert.Equal(RtcSendResult.NotConnected, leaving.SendFrame(pair.Now));
        leaving.Peer.Close(pair.Now);
        staying.Peer.Close(pair.Now);
        leaving.Peer.HandleTimeout(pair.Now);
        pair.RunFor(TimeSpan.FromMinutes(2));
        Assert.Equal(sent, pair.Uplink.Sent + pair.Downlink.Sent);
        Assert.Equal(1, staying.Log.Count(l => l.Event.Kind == RtcPeerEventKind.ConnectionStateChanged && l.Event.State == RtcPeerState.Closed));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Lost_consent_ends_the_call(bool lite)
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions { AnswererIsLite = lite });
        pair.StartAudio(pair.Answerer);
        pair.RunFor(TimeSpan.FromSeconds(3));
        pair.Uplink.Options = NetemOptions.Lan with { Loss = 1 };
        pair.RunFor(TimeSpan.FromSeconds(45));
        Assert.Equal((RtcPeerState.Failed, RtcEndReason.ConsentExpired), (pair.Answerer.Peer.State, pair.Answerer.Peer.EndReason));
        Assert.NotNull(pair.Answerer.ReachedAt(RtcPeerState.Disconnected));
        long sent = pair.Downlink.Sent;
        pair.RunFor(TimeSpan.FromSeconds(60));
        Assert.Equal(sent, pair.Downlink.Sent);
    }

    // What some stacks do: the association is aborted, and nothing else is ever said.
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void An_abort_of_the_channels_and_then_silence_ends_the_call_with_consent(bool callerLeaves, bool lite)
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions { AnswererIsLite = lite });
        pair.StartAudio();
        pair.Caller.Peer.OpenChannel(pair.Now, new DataChannelOptions { Label = "events" });
        pair.RunFor(TimeSpan.FromSeconds(3));
        PeerSide leaving = callerLeaves ? pair.Caller : pair.Answerer;
        PeerSide staying = pair.Other(leaving);
        Netem way = callerLeaves ? pair.Uplink : pair.Downlink;
        way.Takes = first => first == DtlsApplicationData;
        leaving.Peer.Close(pair.Now);
        Instant left = pair.Now;

        pair.RunFor(TimeSpan.FromMilliseconds(50));
        Assert.True(staying.Saw(RtcPeerEventKind.ChannelClosed), pair.ToString());
        Assert.Equal(SctpCloseReason.RemoteAbort, staying.Log.Single(l => l.Event.Kind == RtcPeerEventKind.DataChannelsClosed).Event.DataReason);
        Assert.False(staying.Saw(RtcPeerEventKind.RemoteBye), pair.ToString());
        Assert.Equal(RtcPeerState.Connected, staying.Peer.State);
        Assert.Equal(RtcSendResult.Ok, staying.SendFrame(pair.Now));

        // RFC 7675 section 5.1: 30 s after the last consent, which is renewed every 4 to 6 s.
        pair.RunFor(TimeSpan.FromSeconds(40));
        Assert.Equal((RtcPeerState.Failed, RtcEndReason.ConsentExpired), (staying.Peer.State, staying.Peer.EndReason));
        Assert.InRange(staying.ReachedAt(RtcPeerState.Failed)!.Value - left, TimeSpan.FromSeconds(24), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Hanging_up_before_the_connection_is_quiet()
    {
        using var pair = new TwoPeers(new TwoPeersOptions { Network = new NetemOptions { Latency = TimeSpan.FromMilliseconds(100) } });
        pair.Call();
        pair.RunFor(TimeSpan.FromMilliseconds(200));
        pair.Answerer.Peer.Close(pair.Now);
        pair.RunFor(TimeSpan.FromMinutes(2));
        Assert.Equal(RtcPeerState.Closed, pair.Answerer.Peer.State);
        Assert.Equal(RtcPeerState.Failed, pair.Caller.Peer.State);
        Assert.Equal(SdpResultError.WrongState, pair.Answerer.Peer.AcceptOffer(pair.Now, "v=0").Error);
    }
}
