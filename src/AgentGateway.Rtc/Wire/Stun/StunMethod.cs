namespace AgentGateway.Rtc.Wire.Stun;

/// <summary>STUN methods, 12 bits (RFC 8489 section 18.1, RFC 8656 section 17).</summary>
public enum StunMethod
{
    /// <summary>Reserved.</summary>
    None = 0,

    /// <summary>Binding: the only method of ICE.</summary>
    Binding = 0x001,

    /// <summary>TURN Allocate.</summary>
    Allocate = 0x003,

    /// <summary>TURN Refresh.</summary>
    Refresh = 0x004,

    /// <summary>TURN Send.</summary>
    Send = 0x006,

    /// <summary>TURN Data.</summary>
    Data = 0x007,

    /// <summary>TURN CreatePermission.</summary>
    CreatePermission = 0x008,

    /// <summary>TURN ChannelBind.</summary>
    ChannelBind = 0x009,
}
