namespace AgentGateway.Conversation.Agents;

/// <summary>What is done to the caller's audio before anybody listens to it.</summary>
public sealed record AudioOptions
{
    /// <summary>Whether the agent's own voice, coming back from a loudspeaker, is taken out and never counts as the caller's.</summary>
    public bool EchoDefence { get; init; } = true;

    /// <summary>
    /// Whether steady noise is lowered: with an echo agent in what people hear, with others in what the recogniser hears. It helps people who listen;
    /// recognisers are as good without.
    /// </summary>
    public bool Denoise { get; init; }

    /// <summary>Whether quiet and loud voices are brought to a usual level for the recogniser.</summary>
    public bool NormalizeLevel { get; init; } = true;
}
