namespace AgentGateway.Rtc.Sctp;

/// <summary>One data channel: a pair of streams with the same id.</summary>
internal sealed class DataChannel(ushort id, DataChannelOptions options)
{
    public ushort Id { get; } = id;

    public DataChannelOptions Options { get; } = options;

    public OutboundStream Stream { get; } = new(id) { BufferedAmountLowThreshold = options.BufferedAmountLowThreshold };

    public bool OpenedByRemote { get; init; }

    /// <summary>Whether the application was told that it is open. Before, messages are sent in order (RFC 8832 section 6).</summary>
    public bool IsOpen { get; set; }

    /// <summary>Whether either side wants it closed: nothing more is sent or delivered.</summary>
    public bool IsClosing { get; set; }

    public StreamResetState LocalReset { get; set; }

    /// <summary>Whether the peer reset its side.</summary>
    public bool RemoteReset { get; set; }
}
