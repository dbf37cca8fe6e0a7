namespace AgentGateway.Rtc.Turn;

/// <summary>Counters of one client; they only grow. Read by its owner.</summary>
public sealed class TurnStatistics
{
    private readonly long[] _drops = new long[Enum.GetValues<TurnDropReason>().Length];

    /// <summary>Requests written, retransmissions included.</summary>
    public long RequestsSent { get; internal set; }

    /// <summary>Of these, retransmissions.</summary>
    public long Retransmissions { get; internal set; }

    /// <summary>Answers that counted.</summary>
    public long ResponsesReceived { get; internal set; }

    /// <summary>Times the server gave a new nonce for a stale one.</summary>
    public long StaleNonces { get; internal set; }

    /// <summary>Datagrams relayed to far ends on channels.</summary>
    public long ChannelDataSent { get; internal set; }

    /// <summary>Datagrams relayed to far ends in Send indications.</summary>
    public long IndicationsSent { get; internal set; }

    /// <summary>Far ends' datagrams that came on channels.</summary>
    public long ChannelDataReceived { get; internal set; }

    /// <summary>Far ends' datagrams that came in Data indications.</summary>
    public long IndicationsReceived { get; internal set; }

    /// <summary>Permissions the server granted, refreshes included.</summary>
    public long PermissionsGranted { get; internal set; }

    /// <summary>Channels the server bound, refreshes included.</summary>
    public long ChannelsBound { get; internal set; }

    /// <summary>Packets without effect, by reason.</summary>
    public long Drops(TurnDropReason reason) => _drops[(int)reason];

    internal void CountDrop(TurnDropReason reason) => _drops[(int)reason]++;
}
