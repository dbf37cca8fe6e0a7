namespace AgentGateway.Rtc.Wire.Stun;

/// <summary>
/// Attribute numbers of STUN, ICE and TURN (RFC 8489 section 18.3, RFC 8445 section 20.1, RFC 8656 section 18). Those below 0x8000 must be understood by
/// the receiver of a request or the request is refused.
/// </summary>
public enum StunAttributeType
{
    /// <summary>Reserved.</summary>
    None = 0,

    /// <summary>MAPPED-ADDRESS.</summary>
    MappedAddress = 0x0001,

    /// <summary>USERNAME.</summary>
    UserName = 0x0006,

    /// <summary>MESSAGE-INTEGRITY: HMAC-SHA1.</summary>
    MessageIntegrity = 0x0008,

    /// <summary>ERROR-CODE.</summary>
    ErrorCode = 0x0009,

    /// <summary>UNKNOWN-ATTRIBUTES.</summary>
    UnknownAttributes = 0x000A,

    /// <summary>CHANNEL-NUMBER (TURN, RFC 8656 section 18.1).</summary>
    ChannelNumber = 0x000C,

    /// <summary>LIFETIME in seconds (TURN, section 18.2).</summary>
    Lifetime = 0x000D,

    /// <summary>XOR-PEER-ADDRESS (TURN, section 18.3).</summary>
    XorPeerAddress = 0x0012,

    /// <summary>DATA (TURN, section 18.4).</summary>
    Data = 0x0013,

    /// <summary>REALM.</summary>
    Realm = 0x0014,

    /// <summary>NONCE.</summary>
    Nonce = 0x0015,

    /// <summary>XOR-RELAYED-ADDRESS (TURN, section 18.5).</summary>
    XorRelayedAddress = 0x0016,

    /// <summary>REQUESTED-ADDRESS-FAMILY (TURN, section 18.6).</summary>
    RequestedAddressFamily = 0x0017,

    /// <summary>REQUESTED-TRANSPORT (TURN, section 18.8).</summary>
    RequestedTransport = 0x0019,

    /// <summary>MESSAGE-INTEGRITY-SHA256.</summary>
    MessageIntegritySha256 = 0x001C,

    /// <summary>XOR-MAPPED-ADDRESS.</summary>
    XorMappedAddress = 0x0020,

    /// <summary>PRIORITY (ICE).</summary>
    Priority = 0x0024,

    /// <summary>USE-CANDIDATE (ICE).</summary>
    UseCandidate = 0x0025,

    /// <summary>SOFTWARE.</summary>
    Software = 0x8022,

    /// <summary>ALTERNATE-SERVER.</summary>
    AlternateServer = 0x8023,

    /// <summary>FINGERPRINT: CRC-32.</summary>
    Fingerprint = 0x8028,

    /// <summary>ICE-CONTROLLED.</summary>
    IceControlled = 0x8029,

    /// <summary>ICE-CONTROLLING.</summary>
    IceControlling = 0x802A,
}
