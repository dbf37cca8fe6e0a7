namespace AgentGateway.Rtc.Wire.Stun;

/// <summary>Why bytes are no STUN message. The names are counter names.</summary>
public enum StunParseError
{
    /// <summary>It parsed.</summary>
    None = 0,

    /// <summary>Shorter than the 20-byte header.</summary>
    TooShort = 1,

    /// <summary>The first two bits are not zero or the magic cookie is missing: another protocol, or RFC 3489.</summary>
    NotStun = 2,

    /// <summary>The length field disagrees with the datagram or is no multiple of four.</summary>
    BadLength = 3,

    /// <summary>An attribute runs past the end or has an impossible length.</summary>
    BadAttribute = 4,

    /// <summary>More attributes than any real message has.</summary>
    TooManyAttributes = 5,

    /// <summary>FINGERPRINT is not last or does not match.</summary>
    BadFingerprint = 6,
}
