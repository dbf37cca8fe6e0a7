namespace AgentGateway.Rtc.Sctp;

/// <summary>One outgoing stream: its sequence number and what waits on it.</summary>
internal sealed class OutboundStream(ushort id)
{
    public ushort Id { get; } = id;

    public ushort NextSequence { get; set; }

    /// <summary>Messages not yet completely cut into chunks, oldest first.</summary>
    public Queue<OutgoingMessage> Waiting { get; } = new();

    /// <summary>Messages that are waiting, or whose chunks are not all acknowledged.</summary>
    public int LiveMessages { get; set; }

    /// <summary>Bytes of user messages not yet sent for the first time.</summary>
    public long BufferedAmount { get; set; }

    public long BufferedAmountLowThreshold { get; set; }

    /// <summary>Whether the scheduler has it in its round.</summary>
    public bool IsScheduled { get; set; }
}
