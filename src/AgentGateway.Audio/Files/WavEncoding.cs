namespace AgentGateway.Audio;

/// <summary>How samples are stored in a WAV file.</summary>
public enum WavEncoding
{
    /// <summary>16-bit signed integers.</summary>
    Pcm16,

    /// <summary>32-bit IEEE floats.</summary>
    IeeeFloat,
}
