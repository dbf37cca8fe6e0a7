namespace AgentGateway.Conversation.Agents;

/// <summary>Which voice speaks.</summary>
public sealed record SynthesizerOptions
{
    /// <summary>"auto", "flite" or "espeak".</summary>
    public string Provider { get; init; } = "auto";

    /// <summary>The voice as the engine names it; null for its default.</summary>
    public string? Voice { get; init; }

    /// <summary>Speaking rate, 0.5..2.0.</summary>
    public double Rate { get; init; } = 1.0;
}
