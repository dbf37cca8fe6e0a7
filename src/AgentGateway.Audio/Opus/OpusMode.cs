namespace AgentGateway.Audio;

/// <summary>The coding mode of an Opus packet (RFC 6716 section 3.1, table 2).</summary>
public enum OpusMode
{
    /// <summary>Linear prediction only: narrowband to wideband speech.</summary>
    Silk,

    /// <summary>Linear prediction below 8 kHz, MDCT above.</summary>
    Hybrid,

    /// <summary>MDCT only.</summary>
    Celt,
}
