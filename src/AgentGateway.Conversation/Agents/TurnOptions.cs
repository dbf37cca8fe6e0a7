namespace AgentGateway.Conversation.Agents;

/// <summary>When a turn begins and ends. All durations are positive.</summary>
public sealed record TurnOptions
{
    /// <summary>Least time from the end of speech to the end of the turn (front matter: min_ms).</summary>
    public TimeSpan MinDelay { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Most time from the end of speech to the end of the turn (front matter: max_ms).</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMilliseconds(2500);

    /// <summary>VAD probability at which speech begins, 0..1.</summary>
    public double ActivationThreshold { get; init; } = 0.5;

    /// <summary>VAD probability below which speech ends; not above the activation threshold.</summary>
    public double ReleaseThreshold { get; init; } = 0.35;

    /// <summary>Speech needed to open a turn.</summary>
    public TimeSpan StartSpeech { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Silence after which speech has ended.</summary>
    public TimeSpan EndSilence { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>What callers of this agent say; Auto guesses from each of the agent's questions.</summary>
    public ListeningContext Listen { get; init; }

    /// <summary>Whether the engine becomes more patient with callers who pause inside their sentences.</summary>
    public bool LearnPauses { get; init; } = true;

    /// <summary>Whether the caller may interrupt the agent.</summary>
    public bool BargeIn { get; init; } = true;

    /// <summary>Speech that interrupts the agent by its length alone.</summary>
    public TimeSpan MinBargeInSpeech { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether the greeting may be interrupted.</summary>
    public bool GreetingInterruptible { get; init; } = true;
}
