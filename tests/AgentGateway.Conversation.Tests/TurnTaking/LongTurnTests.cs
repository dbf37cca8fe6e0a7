using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Tests.TurnTaking;

/// <summary>The longest turn: counted from its beginning, whatever happens inside it.</summary>
public sealed class LongTurnTests
{
    private static readonly TurnTakerOptions Short = new() { MaxTurn = TimeSpan.FromSeconds(3) };

    [Fact]
    public void Pauses_inside_it_do_not_begin_it_anew()
    {
        Dialogue dialogue = new Dialogue(Short).Speak(1000).Partial("and then i said to").Silence(320).Speak(1000).Partial("and he said to").Silence(320);
        Assert.Equal(TurnPhase.Pausing, dialogue.Phase);
        dialogue.Speak(900);
        Assert.Equal(TurnPhase.AwaitingTranscript, dialogue.Phase);
    }

    [Fact]
    public void A_pause_inside_it_is_no_longer_than_what_is_left()
    {
        Dialogue dialogue = new Dialogue(Short).Speak(2016).Silence(224).Final("i would like to book a").Forget();
        Assert.Equal(TurnPhase.Pausing, dialogue.Phase);
        dialogue.Wait(1100);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.CommitTurn));
    }

    [Fact]
    public void Who_goes_on_after_it_has_another()
    {
        Dialogue dialogue = new Dialogue(Short).Speak(3300).Partial("and then i said to").Silence(224);
        Assert.Equal(TurnPhase.AwaitingTranscript, dialogue.Phase);
        dialogue.Speak(320);
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
        dialogue.Speak(3000);
        Assert.Equal(TurnPhase.AwaitingTranscript, dialogue.Phase);
    }

    [Fact]
    public void It_is_counted_for_who_interrupts()
    {
        Dialogue dialogue = new Dialogue(Short).UntilSpeaking().Silence(500).Speak(320).Partial("excuse me please");
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
        dialogue.Speak(2900);
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
        dialogue.Speak(200);
        Assert.Equal(TurnPhase.AwaitingTranscript, dialogue.Phase);
    }

    [Fact]
    public void Its_speech_ended_when_it_was_cut()
    {
        Dialogue dialogue = new Dialogue(Short).Speak(3300).Final("and then i said to him");
        TurnCommand reply = dialogue.Last(TurnCommandKind.StartReply);
        Assert.Equal(dialogue.TimeOf(TurnCommandKind.EndUtterance), reply.SpeechEnd);
        Assert.Equal(reply.SpeechEnd, reply.Decided);
    }
}
