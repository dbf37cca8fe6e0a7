namespace AgentGateway.Audio;

/// <summary>
/// Where the audio of a pulled frame comes from. A frame made of several pieces has the kind of the most notable one; the values are in that
/// order.
/// </summary>
public enum AudioFrameKind
{
    /// <summary>No stream, a long stall or a long pause: zeros.</summary>
    Silence,

    /// <summary>The sender pauses (DTX): comfort noise by the codec.</summary>
    ComfortNoise,

    /// <summary>Decoded as sent.</summary>
    Normal,

    /// <summary>Decoded, and shortened by a pitch period or silence to lower the delay.</summary>
    Accelerated,

    /// <summary>Decoded, and lengthened by a pitch period or silence to raise the delay.</summary>
    Expanded,

    /// <summary>A lost packet restored from the forward error correction in its successor.</summary>
    Recovered,

    /// <summary>A lost or late packet replaced by the codec's concealment.</summary>
    Concealed,
}
