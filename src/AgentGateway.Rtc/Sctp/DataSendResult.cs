namespace AgentGateway.Rtc.Sctp;

/// <summary>What became of a message given to <see cref="SctpAssociation.Send"/>.</summary>
public enum DataSendResult
{
    /// <summary>It was queued.</summary>
    Ok,

    /// <summary>There is no such channel, or it is closing, or the association ended.</summary>
    ClosedChannel,

    /// <summary>It is larger than the peer accepts.</summary>
    TooLarge,

    /// <summary>The send buffer is full; try again after <see cref="SctpEventKind.BufferedAmountLow"/>.</summary>
    BufferFull,
}
