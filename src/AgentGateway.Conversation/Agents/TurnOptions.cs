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

    /// <summary>Whether the model is asked before the turn is certainly over; answers to turns that went on are thrown away.</summary>
    public bool Speculate { get; init; } = true;

    /// <summary>The longest the caller is left in silence while an answer is owed; zero for as long as it takes.</summary>
    public TimeSpan MaxSilence { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Silence of the caller before they are asked whether they are there; zero never asks.</summary>
    public TimeSpan IdlePrompt { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Silence after that before they are asked again, and then before the agent says goodbye.</summary>
    public TimeSpan IdlePromptAgain { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A turn longer than this is answered although the caller goes on.</summary>
    public TimeSpan MaxTurn { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest call; zero for no limit.</summary>
    public TimeSpan MaxCall { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Whether the greeting may be interrupted.</summary>
    public bool GreetingInterruptible { get; init; } = true;
}
