using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Testing.Peers;
using BenchmarkDotNet.Attributes;

namespace AgentGateway.Benchmarks.Rtc;

/// <summary>
/// Two whole peers in memory: what a packet costs from one's send to the other's event, with RTP, SRTP and the demultiplexer
/// for audio; SCTP, DTLS and the acknowledgements for messages. Time moves 10 microseconds at each, so that no timer comes between.
/// </summary>
public class PeerBenchmarks
{
    private readonly byte[] _payload = new byte[100];
    private readonly byte[] _buffer = new byte[RtcPeer.TransmitBufferSize];
    private TwoPeers _pair = null!;
    private Instant _now;
    private long _timestamp;
    private ushort _channel;

    [GlobalSetup]
    public void Setup()
    {
        _pair = TwoPeers.Connected(new TwoPeersOptions());
        _channel = _pair.Caller.Peer.OpenChannel(_pair.Now, new DataChannelOptions { Label = "benchmark" });
        _pair.RunFor(TimeSpan.FromSeconds(1));
        _now = _pair.Now;
    }

    [Benchmark]
    public int AudioPacket()
    {
        _now += TimeSpan.FromMicroseconds(10);
        _pair.Caller.Peer.SendAudio(_now, _payload, _timestamp += 960, marker: false);
        return Exchange(RtcPeerEventKind.AudioReceived);
    }

    [Benchmark]
    public int DataMessage()
    {
        _now += TimeSpan.FromMicroseconds(10);
        if (_pair.Caller.Peer.SendMessage(_now, _channel, _payload, isText: false) != DataSendResult.Ok)
            throw new InvalidOperationException("The message was not taken.");
        return Exchange(RtcPeerEventKind.ChannelMessage);
    }

    [GlobalCleanup]
    public void Cleanup() => _pair.Dispose();

    private int Exchange(RtcPeerEventKind kind)
    {
        RtcPeer a = _pair.Caller.Peer;
        RtcPeer b = _pair.Answerer.Peer;
        int events = 0;
        bool moved;
        do
        {
            moved = false;
            while (a.TryPollTransmit(_buffer, out int length, out DatagramPath path))
            {
                moved = true;
                b.Handle(_now, new DatagramPath(path.Remote, path.Local), _buffer.AsSpan(0, length));
                while (b.TryPollEvent(out RtcPeerEvent e))
                    events += e.Kind == kind ? 1 : 0;
            }

            while (b.TryPollTransmit(_buffer, out int length, out DatagramPath path))
            {
                moved = true;
                a.Handle(_now, new DatagramPath(path.Remote, path.Local), _buffer.AsSpan(0, length));
                while (a.TryPollEvent(out _))
                {
                    // Nothing of interest.
                }
            }
        }
        while (moved);
        return events;
    }
}
