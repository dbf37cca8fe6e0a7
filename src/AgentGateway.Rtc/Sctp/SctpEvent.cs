namespace AgentGateway.Rtc.Sctp;

/// <summary>One fact told by an association. Which members mean anything depends on <see cref="Kind"/>.</summary>
public readonly record struct SctpEvent
{
    /// <summary>What happened.</summary>
    public required SctpEventKind Kind { get; init; }

    /// <summary>The channel's stream id, for channel facts and messages.</summary>
    public ushort ChannelId { get; init; }

    /// <summary>For <see cref="SctpEventKind.ChannelOpened"/>: what the channel promises.</summary>
    public DataChannelOptions? Channel { get; init; }

    /// <summary>For <see cref="SctpEventKind.ChannelOpened"/>: whether the peer opened it.</summary>
    public bool OpenedByRemote { get; init; }

    /// <summary>For <see cref="SctpEventKind.Message"/>: whether it is a string (UTF-8, not validated) rather than binary.</summary>
    public bool IsText { get; init; }

    /// <summary>For <see cref="SctpEventKind.Message"/>: its content, valid until the next <see cref="SctpAssociation.TryPollEvent"/>.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>For <see cref="SctpEventKind.Aborted"/>: why.</summary>
    public SctpCloseReason Reason { get; init; }
}
