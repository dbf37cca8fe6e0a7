namespace AgentGateway.Conversation.Agents;

/// <summary>Which voice speaks.</summary>
public sealed record SynthesizerOptions
{
    /// <summary>"auto", "flite" or "espeak".</summary>
    public string Provider { get; init; } = "auto";

    /// <summary>Engines that speak, in this order and with their own voices, when the one before failed before its first sample. At most 3.</summary>
    public IReadOnlyList<string> Fallbacks { get; init; } = [];

    /// <summary>The voice as the engine names it; null for its default.</summary>
    public string? Voice { get; init; }

    /// <summary>Speaking rate, 0.5..2.0.</summary>
    public double Rate { get; init; } = 1.0;
}
