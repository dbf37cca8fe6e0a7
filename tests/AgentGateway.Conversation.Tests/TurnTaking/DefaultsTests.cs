using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Tests.TurnTaking;

/// <summary>The numbers an agent gets that names none: those that README and schema tell.</summary>
public sealed class DefaultsTests
{
    private static readonly TurnTakerOptions Options = TurnTakerOptions.From(new AgentDefinition { Name = "a", DisplayName = "A", Version = "1" });

    [Fact]
    public void Hearing() => Assert.Equal(
        (0.5, 0.35, 60, 200, 200, 500),
        (Options.ActivationThreshold, Options.ReleaseThreshold, Ms(Options.CandidateSpeech), Ms(Options.StartSpeech), Ms(Options.EndSilence), Ms(Options.PreRoll)));

    [Fact]
    public void The_end_of_a_turn() => Assert.Equal(
        (300, 2500, true, true, 3, 60_000),
        (Ms(Options.MinDelay), Ms(Options.MaxDelay), Options.LearnPauses, Options.Speculate, Options.MaxSpeculations, Ms(Options.MaxTurn)));

    [Fact]
    public void Speech_over_the_agent() => Assert.Equal(
        (true, true, 500, 700),
        (Options.BargeIn, Options.GreetingInterruptible, Ms(Options.MinBargeInSpeech), Ms(Options.MaxDecisionWait)));

    [Fact]
    public void Silence() => Assert.Equal(
        (4000, 8000, 20_000, 60_000), (Ms(Options.MaxSilence), Ms(Options.IdlePrompt), Ms(Options.IdlePromptAgain), Ms(Options.CallWarning)));

    private static int Ms(TimeSpan time) => (int)time.TotalMilliseconds;
}
