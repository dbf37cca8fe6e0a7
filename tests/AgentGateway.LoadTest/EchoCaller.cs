using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;

namespace AgentGateway.LoadTest;

/// <summary>Plays a loop and measures the regularity of what comes back.</summary>
internal sealed class EchoCaller(OpusLoop loop, int number, int expectedPackets) : WhipCaller
{
    private int _frame;
    private Instant? _last;
    private volatile bool _measuring;

    /// <summary>Milliseconds between packets, while measuring.</summary>
    internal List<double> InterArrival { get; } = new(expectedPackets + 100);

    internal int Received { get; private set; }

    /// <summary>Packets sent, while measuring.</summary>
    internal int Sent { get; private set; }

    internal void Measure(bool on)
    {
        _measuring = on;
        _last = null;
    }

    protected override ReadOnlySpan<byte> NextPacket(Instant now)
    {
        if (_measuring)
            Sent++;
        return loop.Packet(number, _frame++);
    }

    protected override void HandleAudio(Instant now, in RtcPeerEvent packet)
    {
        if (!_measuring)
            return;
        if (_last is { } last)
            InterArrival.Add((now - last).TotalMilliseconds);
        _last = now;
        Received++;
    }
}
