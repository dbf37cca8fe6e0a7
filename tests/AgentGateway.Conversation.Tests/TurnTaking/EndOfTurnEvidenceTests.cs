using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Tests.TurnTaking;

public sealed class EndOfTurnEvidenceTests
{
    private static readonly TurnTakerOptions WithModel = new() { JudgeEndOfTurn = true };

    [Fact]
    public void The_model_is_asked_about_the_whole_turn_when_speech_ends()
    {
        Dialogue dialogue = new Dialogue(WithModel).Silence(1600).Speak(400).Silence(224);
        TurnCommand asked = dialogue.Last(TurnCommandKind.JudgeEndOfTurn);
        Assert.Equal((dialogue.Last(TurnCommandKind.OpenUtterance).Position, 50 + 13 + 7), (asked.Position, (int)(asked.EndPosition / 512)));
        dialogue.Final("a table").Voice("##").Speak(300).Silence(224);
        Assert.Equal(asked.Position, dialogue.Last(TurnCommandKind.JudgeEndOfTurn).Position);
        Assert.Equal(2, dialogue.Last(TurnCommandKind.JudgeEndOfTurn).Utterance);
    }

    [Fact]
    public void Without_a_model_nobody_is_asked()
    {
        Assert.Equal(0, new Dialogue().Speak(400).Silence(224).Count(TurnCommandKind.JudgeEndOfTurn));
    }

    [Theory]
    [InlineData(0.99, 300, 400)]
    [InlineData(0.5, 950, 1050)]
    [InlineData(0.02, 1100, 2400)]
    public void What_the_audio_says_moves_the_delay_of_the_text(double probability, int min, int max)
    {
        // A text that may be whole or not.
        Dialogue dialogue = new Dialogue(WithModel).Speak(400).Silence(224).Final("i want to reserve a table")
            .Tell(TurnFact.EndOfTurn(1, (float)probability)).Wait(3000);
        Assert.InRange(Delay(dialogue), min, max);
    }

    [Fact]
    public void A_sound_in_the_pause_leaves_what_the_audio_said_before_it()
    {
        Dialogue dialogue = new Dialogue(WithModel).Speak(400).Silence(224).Final("i want to reserve a table").Tell(TurnFact.EndOfTurn(1, 0.02f));
        Assert.InRange(Delay(dialogue.Voice("###...").Final("").Wait(3000)), 1100, 2400);
        // Words are another matter: what was heard before them says nothing about them.
        dialogue = new Dialogue(WithModel).Speak(400).Silence(224).Final("i want to reserve a table").Tell(TurnFact.EndOfTurn(1, 0.02f));
        Assert.InRange(Delay(dialogue.Voice("###...").Final("now please.").Wait(3000)), 300, 600);
    }

    [Fact]
    public void A_whole_short_turn_is_over_however_it_sounds() =>
        Assert.InRange(Delay(new Dialogue(WithModel).Speak(400).Silence(224).Final("yes please").Tell(TurnFact.EndOfTurn(1, 0.02f)).Wait(3000)), 290, 310);

    [Theory]
    [InlineData(0.98, 300, 310)]
    [InlineData(0.05, 2000, 2500)]
    public void The_recognisers_own_judgement_replaces_the_text(double probability, int min, int max)
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Final("i would like to book a table for")
            .Tell(TurnFact.ProviderEndOfTurn(1, (float)probability)).Wait(3000);
        Assert.InRange(Delay(dialogue), min, max);
    }

    [Fact]
    public void A_judgement_of_an_earlier_pause_changes_nothing()
    {
        Dialogue dialogue = new Dialogue(WithModel).Speak(400).Silence(224).Final("i would like").Voice("##").Speak(300).Silence(224)
            .Final("to come tomorrow").Wait(0);
        string due = $"{dialogue.Turns.NextTimeout}";
        Assert.Equal(due, $"{dialogue.Tell(TurnFact.EndOfTurn(1, 0.02f)).Turns.NextTimeout}");
        Assert.NotEqual(due, $"{dialogue.Tell(TurnFact.EndOfTurn(2, 0.02f)).Turns.NextTimeout}");
    }

    private static double Delay(Dialogue dialogue) =>
        (dialogue.TimeOf(TurnCommandKind.StartReply) - dialogue.Last(TurnCommandKind.StartReply).SpeechEnd).TotalMilliseconds;

    [Fact]
    public void What_is_said_of_an_earlier_utterance_is_nothing_about_the_turn()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Final("i would like to book a").Speak(400).Silence(224).Final("table for");
        Assert.Equal((TurnPhase.Pausing, 2), (dialogue.Phase, dialogue.Last(TurnCommandKind.EndUtterance).Utterance));
        dialogue.Tell(TurnFact.ProviderEndOfTurn(1, 1)).Wait(500);
        Assert.Equal(TurnPhase.Pausing, dialogue.Phase);
        dialogue.Tell(TurnFact.ProviderEndOfTurn(2, 1));
        Assert.Equal(TurnPhase.Thinking, dialogue.Phase);
    }
}
