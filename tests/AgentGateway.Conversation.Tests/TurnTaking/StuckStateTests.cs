using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Tests.TurnTaking;

/// <summary>Everybody but the clock falls silent (recogniser, model, voice, network): every phase is left by time, the caller is told something, and the call ends.</summary>
public sealed class StuckStateTests
{
    private static readonly TurnTakerOptions Options = new() { IdlePrompt = TimeSpan.FromSeconds(8) };

    // In milliseconds: what the phase's own timer and watchdogs leave at most, and where to.
    public static TheoryData<TurnPhase, int, TurnPhase> Phases => new()
    {
        { TurnPhase.Starting, 20_000, TurnPhase.Listening },
        { TurnPhase.Listening, 8_000, TurnPhase.Thinking },
        { TurnPhase.Hearing, 1_000, TurnPhase.AwaitingTranscript },
        { TurnPhase.Pausing, 2_500, TurnPhase.Thinking },
        { TurnPhase.AwaitingTranscript, 4_000, TurnPhase.Listening },
        { TurnPhase.Contested, 1_800, TurnPhase.Speaking },
        { TurnPhase.Thinking, 20_000, TurnPhase.Thinking },
        { TurnPhase.Speaking, 15_000, TurnPhase.Listening },
        { TurnPhase.Closing, 15_000, TurnPhase.Ended },
    };

    [Theory]
    [MemberData(nameof(Phases))]
    public void Every_phase_is_left_by_time(TurnPhase phase, int limit, TurnPhase next)
    {
        Dialogue dialogue = In(phase).Forget();
        int turns = dialogue.Log.Count;
        for (int waited = 0; waited <= limit + 50; waited += 50)
            dialogue.Wait(50);

        // Thinking is left for the apology, which is thought of as well.
        Assert.True(dialogue.Log.Count > turns, $"nothing happened in {phase}");
        Assert.True(next == dialogue.Phase, $"{phase} -> {dialogue.Phase}, not {next}: {dialogue.Commands()}");
        if (phase == TurnPhase.Thinking)
            Assert.Equal(TurnPhrase.Apology, dialogue.Last(TurnCommandKind.Say).Phrase);
    }

    [Fact]
    public void No_phase_is_left_out() =>
        Assert.Equal(Enum.GetValues<TurnPhase>().Except([TurnPhase.Ended]).Order(), Phases.Select(row => row.Data.Item1).Order());

    [Theory]
    [MemberData(nameof(Phases))]
    public void A_call_that_everybody_left_ends(TurnPhase phase, int limit, TurnPhase next)
    {
        Dialogue dialogue = In(phase);
        for (int minutes = 0; minutes < 6 && dialogue.Phase != TurnPhase.Ended; minutes++)
            dialogue.Wait(60_000);

        Assert.True(dialogue.Phase == TurnPhase.Ended, $"{phase}: {dialogue.Phase}, due {dialogue.Turns.NextTimer} ({limit}, {next})");
        Assert.Null(dialogue.Turns.NextTimeout);
        ConversationEndReason reason = dialogue.Last(TurnCommandKind.EndConversation).Reason;
        Assert.Equal(phase == TurnPhase.Closing ? ConversationEndReason.AgentEnded : ConversationEndReason.CallerIdle, reason);
    }

    private static Dialogue In(TurnPhase phase)
    {
        Dialogue dialogue = phase switch
        {
            TurnPhase.Starting => new Dialogue(Options, ready: false),
            TurnPhase.Listening => new Dialogue(Options),
            TurnPhase.Hearing => new Dialogue(Options).Speak(400),
            TurnPhase.Pausing => new Dialogue(Options).Speak(400).Silence(224).Final("i would like to book a"),
            TurnPhase.AwaitingTranscript => new Dialogue(Options).Speak(400).Silence(224).Wait(1),
            TurnPhase.Contested => new Dialogue(Options).UntilSpeaking().Silence(500).Speak(320),
            TurnPhase.Thinking => new Dialogue(Options).Type("hello"),
            TurnPhase.Speaking => new Dialogue(Options with { MaxSilence = TimeSpan.Zero }).UntilSpeaking(),
            TurnPhase.Closing => new Dialogue(Options).UntilSpeaking().Tell(TurnFact.End(ConversationEndReason.AgentEnded, afterReply: true)),
            _ => throw new ArgumentOutOfRangeException(nameof(phase)),
        };
        if (phase == TurnPhase.AwaitingTranscript && dialogue.Phase == TurnPhase.Pausing)
            dialogue.Wait(2_500);
        Assert.Equal(phase, dialogue.Phase);
        return dialogue;
    }
}
