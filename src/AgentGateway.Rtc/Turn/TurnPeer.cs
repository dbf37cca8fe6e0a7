using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Rtc.Turn;

internal enum GrantState
{
    /// <summary>Not asked for.</summary>
    None,

    /// <summary>Waits for a free transaction.</summary>
    Wanted,

    /// <summary>Asked for.</summary>
    Pending,

    Granted,

    /// <summary>The server said no; asked again some time later.</summary>
    Refused,
}

/// <summary>A permission: an IP address that may send to us, whatever its port (RFC 8656 section 9).</summary>
internal sealed class TurnPermission
{
    /// <summary>The port is 0.</summary>
    public required TransportAddress Address { get; init; }

    /// <summary>How many known far ends have this address.</summary>
    public int Users { get; set; }

    public GrantState State { get; set; }

    /// <summary>Of a refresh: wanted or under way; the grant still holds.</summary>
    public GrantState Refresh { get; set; }

    /// <summary>When it was last granted or refused.</summary>
    public Instant DecidedAt { get; set; }

    public Instant UsedAt { get; set; }
}

/// <summary>A far end: an address and port that data goes to.</summary>
internal sealed class TurnPeer
{
    public required TransportAddress Address { get; init; }

    public required TurnPermission Permission { get; init; }

    /// <summary>0 when there is none. Kept for five minutes beyond the binding, when nobody else may have it.</summary>
    public ushort Channel { get; set; }

    public GrantState ChannelState { get; set; }

    public GrantState ChannelRefresh { get; set; }

    public Instant ChannelDecidedAt { get; set; }

    public Instant UsedAt { get; set; }
}
