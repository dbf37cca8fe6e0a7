namespace AgentGateway.Rtc.Ice;

/// <summary>Counters of one agent; they only grow. Read by the owner of the agent.</summary>
public sealed class IceStatistics
{
    private readonly long[] _drops = new long[Enum.GetValues<IceDropReason>().Length];

    /// <summary>Authenticated requests received.</summary>
    public long RequestsReceived { get; internal set; }

    /// <summary>Success and error responses written.</summary>
    public long ResponsesSent { get; internal set; }

    /// <summary>Authenticated responses to our checks.</summary>
    public long ResponsesReceived { get; internal set; }

    /// <summary>Checks written, retransmissions and consent checks included.</summary>
    public long ChecksSent { get; internal set; }

    /// <summary>Of these, retransmissions.</summary>
    public long Retransmissions { get; internal set; }

    /// <summary>Binding indications received.</summary>
    public long IndicationsReceived { get; internal set; }

    /// <summary>Role conflicts seen, on either side (RFC 8445 section 7.3.1.1).</summary>
    public long RoleConflicts { get; internal set; }

    /// <summary>Inputs without effect, by reason.</summary>
    public long Drops(IceDropReason reason) => _drops[(int)reason];

    internal void CountDrop(IceDropReason reason) => _drops[(int)reason]++;
}
