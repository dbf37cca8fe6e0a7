namespace AgentGateway.Providers.Flite;

/// <summary>How the flite synthesizer runs.</summary>
public sealed record FliteOptions
{
    /// <summary>The voice of requests that name none: rms (default, the clearest), slt, awb, kal or kal16.</summary>
    public string DefaultVoice { get; init; } = "rms";

    /// <summary>Requests that are synthesized at once; default the number of cores.</summary>
    public int MaxConcurrency { get; init; } = Environment.ProcessorCount;

    /// <summary>Smallest piece of audio handed out while a sentence is still being made, in samples at 16 kHz. Default 1600 (100 ms).</summary>
    public int ChunkSamples { get; init; } = 1600;
}
