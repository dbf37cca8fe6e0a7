using AgentGateway.Conversation.Agents;

namespace AgentGateway.Conversation.TurnTaking;

/// <summary>The numbers of turn-taking. All durations are positive.</summary>
public sealed record TurnTakerOptions
{
    /// <summary>BCP 47 language of the caller; chooses the word lists.</summary>
    public string Language { get; init; } = "en";

    /// <summary>VAD probability at which speech begins.</summary>
    public double ActivationThreshold { get; init; } = 0.5;

    /// <summary>VAD probability of one window that is enough to hold the agent.</summary>
    public double SureThreshold { get; init; } = 0.8;

    /// <summary>VAD probability below which speech ends.</summary>
    public double ReleaseThreshold { get; init; } = 0.35;

    /// <summary>VAD probability of the window that speech is taken to end with, once it has ended.</summary>
    public double EndThreshold { get; init; } = 0.8;

    /// <summary>VAD probability of one window that may be the beginning of speech: a turn does not end in it.</summary>
    public double StirThreshold { get; init; } = 0.2;

    /// <summary>How long the end of a turn waits for such a window to become speech; once in a pause.</summary>
    public TimeSpan StirWait { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Speech after which the agent holds its breath.</summary>
    public TimeSpan CandidateSpeech { get; init; } = TimeSpan.FromMilliseconds(60);

    /// <summary>Silence that drops a candidate before it became speech.</summary>
    public TimeSpan CandidateSilence { get; init; } = TimeSpan.FromMilliseconds(90);

    /// <summary>Speech that opens a turn.</summary>
    public TimeSpan StartSpeech { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Silence after a sound over the agent too short for speech until the agent goes on: a word may hold a pause, before a plosive or where the
    /// voice activity model misses a sound, and the next syllable must not find the agent talking again.
    /// </summary>
    public TimeSpan ResumeSilence { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>The same after a sound in which a word was found: a sentence may go on.</summary>
    public TimeSpan ResumeSilenceAfterWords { get; init; } = TimeSpan.FromMilliseconds(420);

    /// <summary>
    /// Speech to be expected of the last 0.15 s (its windows' lengths by their VAD probabilities, fading) with which the agent falls silent for
    /// <see cref="ResumeSilence"/>, before it is known whether anybody speaks.
    /// </summary>
    public TimeSpan HintSpeech { get; init; } = TimeSpan.FromMilliseconds(16);

    /// <summary>Least time between two such moments.</summary>
    public TimeSpan FlinchRest { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Silence that ends speech.</summary>
    public TimeSpan EndSilence { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Audio before the onset that the recogniser is given.</summary>
    public TimeSpan PreRoll { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Least delay from the end of speech to the end of the turn.</summary>
    public TimeSpan MinDelay { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Most delay from the end of speech to the end of the turn.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMilliseconds(2500);

    /// <summary>What the caller is expected to say; Auto guesses from the agent's last question.</summary>
    public ListeningContext Listen { get; init; }

    /// <summary>Whether the least delay follows the pauses that this caller makes inside their turns.</summary>
    public bool LearnPauses { get; init; } = true;

    /// <summary>The most that a caller's habit can make the least delay.</summary>
    public TimeSpan MaxLearnedDelay { get; init; } = TimeSpan.FromMilliseconds(1200);

    /// <summary>Whether the caller may interrupt.</summary>
    public bool BargeIn { get; init; } = true;

    /// <summary>Whether the greeting may be interrupted.</summary>
    public bool GreetingInterruptible { get; init; } = true;

    /// <summary>Speech over the agent that interrupts when one real word was recognised.</summary>
    public TimeSpan MinBargeInSpeech { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How much longer speech without any recognised word has to be to interrupt.</summary>
    public TimeSpan WordlessBargeInExtra { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The same with a recogniser that gives partials, and gave none for this speech.</summary>
    public TimeSpan WordlessBargeInExtraWithPartials { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Echo likelihood from which a sound is taken for the agent's own: it neither holds the agent nor opens a turn.</summary>
    public double EchoThreshold { get; init; } = 0.6;

    /// <summary>How long after the agent's last word speech may still be its echo.</summary>
    public TimeSpan EchoTail { get; init; } = TimeSpan.FromMilliseconds(700);

    /// <summary>Speech over the agent that interrupts although it was only back-channels so far.</summary>
    public TimeSpan LongBackChannel { get; init; } = TimeSpan.FromMilliseconds(1500);

    /// <summary>Sound over the agent, to its last moment that was surely speech, from which on it is judged while it goes on, and is no misheard back-channel.</summary>
    public TimeSpan NodLength { get; init; } = TimeSpan.FromMilliseconds(1000);

    /// <summary>Length of such a sound from which on it has to sound the more like a back-channel to be one, the longer it is.</summary>
    public TimeSpan UsualNodLength { get; init; } = TimeSpan.FromMilliseconds(700);

    /// <summary>Most time playout stays held after speech over the agent ended.</summary>
    public TimeSpan MaxDecisionWait { get; init; } = TimeSpan.FromMilliseconds(700);

    /// <summary>Least pause after a key of the telephone that ends the turn; the hash key ends it at once.</summary>
    public TimeSpan KeyPause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether an end-of-turn model is there to be asked.</summary>
    public bool JudgeEndOfTurn { get; init; }

    /// <summary>Bounds of the learned wait for a final, with text in hand.</summary>
    public TimeSpan MinFinalWait { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>Most wait for a final, with text in hand; also the first estimate.</summary>
    public TimeSpan MaxFinalWait { get; init; } = TimeSpan.FromMilliseconds(1500);

    /// <summary>What this recogniser's wait for finals was in other calls; null when nobody knows.</summary>
    public TimeSpan? ExpectedFinalWait { get; init; }

    /// <summary>Most wait for a final when nothing was recognised yet.</summary>
    public TimeSpan WordlessFinalWait { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Speech without words that is answered with "I did not understand".</summary>
    public TimeSpan NotUnderstoodSpeech { get; init; } = TimeSpan.FromMilliseconds(1500);

    /// <summary>A turn longer than this is answered although the caller goes on.</summary>
    public TimeSpan MaxTurn { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Speech without words that is given to the recogniser a second time.</summary>
    public TimeSpan RehearSpeech { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest the caller is left in silence while something is owed to them; zero for as long as it takes.</summary>
    public TimeSpan MaxSilence { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Fillers said in one reply before it is given up with an apology.</summary>
    public int MaxFillers { get; init; } = 4;

    /// <summary>Silence of the caller before they are asked whether they are there; zero never asks.</summary>
    public TimeSpan IdlePrompt { get; init; }

    /// <summary>Silence after that before they are asked again, and after that before the agent says goodbye.</summary>
    public TimeSpan IdlePromptAgain { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The longest call; zero for no limit.</summary>
    public TimeSpan MaxCall { get; init; }

    /// <summary>How long before its end the caller is told.</summary>
    public TimeSpan CallWarning { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether a reply is begun before the turn is certainly over.</summary>
    public bool Speculate { get; init; }

    /// <summary>The most replies begun for one turn before it is over.</summary>
    public int MaxSpeculations { get; init; } = 3;

    /// <summary>How likely it has to be, 0..1, that the turn is over.</summary>
    public double SpeculationLikelihood { get; init; } = 0.3;

    /// <summary>How long a partial text has to stay as it is.</summary>
    public TimeSpan StableText { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>Speech ends when no audio was received for this long.</summary>
    public TimeSpan VoiceStall { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A reply that made no progress for this long is given up.</summary>
    public TimeSpan ThinkingStall { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Playout that made no progress for this long is given up.</summary>
    public TimeSpan SpeakingStall { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Preparation that takes longer is given up: the conversation begins as it is.</summary>
    public TimeSpan StartingStall { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The engine's numbers for an agent.</summary>
    public static TurnTakerOptions From(AgentDefinition agent)
    {
        ArgumentNullException.ThrowIfNull(agent);
        TurnOptions turn = agent.Turn;
        return new TurnTakerOptions
        {
            Language = agent.Language,
            ActivationThreshold = turn.ActivationThreshold,
            ReleaseThreshold = Math.Min(turn.ReleaseThreshold, turn.ActivationThreshold),
            StartSpeech = turn.StartSpeech,
            EndSilence = turn.EndSilence,
            MinDelay = turn.MinDelay,
            MaxDelay = turn.MaxDelay < turn.MinDelay ? turn.MinDelay : turn.MaxDelay,
            Listen = turn.Listen,
            LearnPauses = turn.LearnPauses,
            BargeIn = turn.BargeIn,
            GreetingInterruptible = turn.GreetingInterruptible,
            MinBargeInSpeech = turn.MinBargeInSpeech,
            Speculate = turn.Speculate,
            MaxSilence = turn.MaxSilence,
            IdlePrompt = turn.IdlePrompt,
            IdlePromptAgain = turn.IdlePromptAgain,
            MaxTurn = turn.MaxTurn,
            MaxCall = turn.MaxCall,
        };
    }
}
