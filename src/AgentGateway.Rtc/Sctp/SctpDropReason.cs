namespace AgentGateway.Rtc.Sctp;

/// <summary>Why something received was not used. Each has a counter in <see cref="SctpStatistics"/>.</summary>
public enum SctpDropReason
{
    /// <summary>Shorter than a common header and a chunk.</summary>
    TooShort,

    /// <summary>The CRC32C does not match.</summary>
    BadChecksum,

    /// <summary>Ports other than the negotiated ones.</summary>
    WrongPorts,

    /// <summary>The verification tag is not ours (RFC 9260 section 8.5).</summary>
    WrongTag,

    /// <summary>A chunk's length is below 4 or runs past the packet.</summary>
    BadChunkLength,

    /// <summary>A chunk's fields contradict each other or its length.</summary>
    MalformedChunk,

    /// <summary>A chunk type that is not known.</summary>
    UnknownChunk,

    /// <summary>A chunk that has no meaning in the current state.</summary>
    UnexpectedChunk,

    /// <summary>A state cookie that is not ours or does not fit the association.</summary>
    BadCookie,

    /// <summary>A state cookie that is too old.</summary>
    StaleCookie,

    /// <summary>A TSN received before.</summary>
    DuplicateData,

    /// <summary>A TSN too far ahead.</summary>
    TsnOutOfWindow,

    /// <summary>Data beyond the receive window.</summary>
    ReceiveBufferFull,

    /// <summary>Data on a stream that was not negotiated.</summary>
    InvalidStream,

    /// <summary>Data on more streams than may be tracked.</summary>
    TooManyStreams,

    /// <summary>A fragment that continues no message, or a message whose end never came.</summary>
    BrokenMessage,

    /// <summary>A message older than those already delivered on its stream.</summary>
    StaleMessage,

    /// <summary>A SACK or SHUTDOWN that acknowledges what was never sent.</summary>
    BadAcknowledgement,

    /// <summary>A SACK or SHUTDOWN that a newer one has overtaken: ordinary where packets change places (RFC 9260 section 6.2.1).</summary>
    StaleAcknowledgement,

    /// <summary>A message for a channel that does not exist.</summary>
    UnknownChannel,

    /// <summary>A payload protocol identifier that data channels do not use, or the deprecated partial ones.</summary>
    UnsupportedPayloadProtocol,

    /// <summary>A DCEP message that cannot be parsed or is unexpected.</summary>
    BadDcep,

    /// <summary>A channel refused: too many, an id in use, or a label too long.</summary>
    ChannelRefused,

    /// <summary>A reply not made because too many wait to be sent.</summary>
    ReplyQueueFull,

    /// <summary>A packet refused because the application does not take events.</summary>
    EventQueueFull,
}
