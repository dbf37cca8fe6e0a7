using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;

namespace AgentGateway.LoadTest;

/// <summary>Plays a loop and measures the regularity of what comes back.</summary>
internal sealed class EchoCaller(OpusLoop loop, int offset, int expectedPackets) : WhipCaller
{
    private int _position = offset;
    private Instant? _last;
    private bool _measuring;
    private long _first = -1;
    private long _highest;

    /// <summary>Milliseconds between packets, while measuring.</summary>
    internal List<double> InterArrival { get; } = new(expectedPackets + 100);

    internal int Received { get; private set; }

    /// <summary>Sequence numbers that never came, while measuring.</summary>
    internal long Lost => _first < 0 ? expectedPackets : _highest - _first + 1 - Received;

    internal void Measure(bool on)
    {
        _measuring = on;
        _last = null;
    }

    protected override ReadOnlySpan<byte> NextPacket(Instant now) => loop.Packets[_position++ % loop.SpeechFrames];

    protected override void HandleAudio(Instant now, in RtcPeerEvent packet)
    {
        if (!_measuring)
            return;
        if (_last is { } last)
            InterArrival.Add((now - last).TotalMilliseconds);
        _last = now;
        if (_first < 0)
            _first = packet.Sequence;
        _highest = Math.Max(_highest, packet.Sequence);
        Received++;
    }
}
