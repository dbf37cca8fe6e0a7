using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Tests.TurnTaking;

/// <summary>A recogniser that is lost owes nothing any more: whatever waited for it goes on with what there is.</summary>
public sealed class RecognizerLossTests
{
    [Fact]
    public void In_a_pause_without_words_nobody_waits_for_its_final()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224);
        Assert.Equal(TurnPhase.Pausing, dialogue.Phase);
        dialogue.Tell(TurnFact.RecognizerLost());
        Assert.Equal((TurnPhase.Listening, 1), (dialogue.Phase, dialogue.Count(TurnCommandKind.ReportNoWords)));
    }

    [Fact]
    public void A_sound_over_the_agent_is_judged_without_it()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(320).Silence(224).Forget();
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
        dialogue.Tell(TurnFact.RecognizerLost());
        Assert.Equal((TurnPhase.Speaking, 1), (dialogue.Phase, dialogue.Count(TurnCommandKind.ReleasePlayout)));
    }

    [Fact]
    public void Speech_over_the_agent_that_goes_on_is_heard_by_the_next()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(320).Forget().Tell(TurnFact.RecognizerLost());
        Assert.Equal("EndUtterance OpenUtterance", dialogue.Commands());
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
    }

    [Fact]
    public void Silence_opens_nothing_for_the_next()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(320).Silence(224).Wait(1000).Forget();
        dialogue.Tell(TurnFact.RecognizerLost());
        Assert.Equal("", dialogue.Commands());
    }

    [Fact]
    public void Words_said_over_a_reply_that_ended_are_answered_without_their_final()
    {
        Dialogue dialogue = new Dialogue(new TurnTakerOptions { BargeIn = false }).UntilSpeaking().Silence(500)
            .Speak(600).Partial("my name is ada").Silence(224).Finished();
        Assert.Equal((TurnPhase.Listening, 0), (dialogue.Phase, dialogue.Count(TurnCommandKind.CommitTurn) - 1));
        dialogue.Tell(TurnFact.RecognizerLost()).Wait(2600);
        Assert.Equal("my name is ada", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }
}
