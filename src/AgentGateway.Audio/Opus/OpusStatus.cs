namespace AgentGateway.Audio;

/// <summary>Outcome of an Opus decode.</summary>
public enum OpusStatus
{
    /// <summary>Samples were written.</summary>
    Ok,

    /// <summary>The packet breaks a rule of RFC 6716 section 3.4; nothing was written.</summary>
    InvalidPacket,

    /// <summary>The output span cannot hold the packet, or is no multiple of 2.5 ms where one is needed.</summary>
    BufferTooSmall,

    /// <summary>The codec failed for another reason; nothing was written.</summary>
    InternalError,
}
