using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Rtc.Turn;

internal enum TurnRequest
{
    Allocate,
    Refresh,

    /// <summary>A Refresh with lifetime 0, at the end.</summary>
    Release,

    /// <summary>The same before an allocation: what an earlier life of this address left behind.</summary>
    Cleanup,
    CreatePermission,
    ChannelBind,
}

/// <summary>One request and its answer; a fixed number of them is reused.</summary>
internal sealed class TurnTransaction
{
    public bool IsOpen { get; set; }

    public TurnRequest Kind { get; set; }

    public StunTransactionId Id { get; set; }

    /// <summary>What it was signed with: a retransmission is the same message. Null for the first request.</summary>
    public TurnCredentials? Credentials { get; set; }

    public TurnPermission? Permission { get; set; }

    public TurnPeer? Peer { get; set; }

    /// <summary>How often the server asked for other credentials.</summary>
    public int Challenges { get; set; }

    /// <summary>To be written at the next poll.</summary>
    public bool IsDue { get; set; }

    public bool IsRepeated { get; set; }

    public StunSchedule Schedule;

    public void Close()
    {
        IsOpen = false;
        IsDue = false;
        Credentials = null;
        Permission = null;
        Peer = null;
    }
}
