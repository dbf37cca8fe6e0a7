namespace AgentGateway.Rtc.Turn;

/// <summary>Why a <see cref="TurnClient"/> wants to be woken.</summary>
internal enum TurnTimer
{
    /// <summary>A request was not answered.</summary>
    Retransmit,

    /// <summary>The allocation must be refreshed.</summary>
    AllocationRefresh,

    /// <summary>Permissions may have to be refreshed or forgotten.</summary>
    PermissionRefresh,

    /// <summary>Channels may have to be refreshed or forgotten.</summary>
    ChannelRefresh,

    /// <summary>The way to the server must be kept open.</summary>
    KeepAlive,
}
