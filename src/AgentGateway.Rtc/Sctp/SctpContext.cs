using AgentGateway.Primitives;

namespace AgentGateway.Rtc.Sctp;

/// <summary>What the parts of one association share. Knows nothing of any part.</summary>
internal sealed class SctpContext(SctpOptions options, IRandomSource random)
{
    public SctpOptions Options { get; } = options;

    public IRandomSource Random { get; } = random;

    public TimerTable<SctpTimer> Timers { get; } = new();

    public SctpStatistics Statistics { get; } = new();

    public SctpEventQueue Events { get; } = new();

    public RetransmissionTimeout Rto { get; } = new(options);

    /// <summary>The time of the last call into the association; polling is part of that call.</summary>
    public Instant Now { get; private set; }

    /// <summary>Timeouts in a row without a sign of the peer (RFC 9260 section 8.1).</summary>
    public int ErrorCount { get; set; }

    /// <summary>Packets made, rounded down so that chunks stay aligned.</summary>
    public int PacketSize { get; } = options.MaxPacketSize & ~3;

    public void Advance(Instant now) => Now = Instant.Max(Now, now);

    public void Drop(SctpDropReason reason) => Statistics.Count(reason);
}
