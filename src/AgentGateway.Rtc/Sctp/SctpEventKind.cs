namespace AgentGateway.Rtc.Sctp;

/// <summary>What an <see cref="SctpEvent"/> tells.</summary>
public enum SctpEventKind
{
    /// <summary>The association is up; also raised again after the peer restarted it, when all channels are gone.</summary>
    Connected,

    /// <summary>The association ended by a shutdown of either side.</summary>
    Closed,

    /// <summary>The association ended otherwise; see <see cref="SctpEvent.Reason"/>.</summary>
    Aborted,

    /// <summary>A channel is open: the peer opened it, or acknowledged ours.</summary>
    ChannelOpened,

    /// <summary>A channel is closed in both directions, and its id is free again. Also raised for each channel when the association ends.</summary>
    ChannelClosed,

    /// <summary>A message arrived.</summary>
    Message,

    /// <summary>The buffered amount of a channel fell to its threshold.</summary>
    BufferedAmountLow,
}
