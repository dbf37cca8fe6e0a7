using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Tests.TurnTaking;

public sealed class DtmfTests
{
    private static Dialogue Press(Dialogue dialogue, string keys, int gap = 300)
    {
        foreach (char key in keys)
            dialogue.Tell(TurnFact.Dtmf(key)).Wait(gap);
        return dialogue;
    }

    [Fact]
    public void Keys_are_one_turn_that_ends_with_a_pause()
    {
        Dialogue dialogue = Press(new Dialogue(), "4711");
        Assert.Equal(TurnPhase.Pausing, dialogue.Phase);
        dialogue.Wait(1600);
        Assert.Equal(TurnPhase.Pausing, dialogue.Phase);
        dialogue.Wait(200);
        Assert.Equal("4711", dialogue.Last(TurnCommandKind.CommitTurn).Text);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.StartReply));
    }

    [Fact]
    public void The_hash_key_ends_the_entry_at_once()
    {
        Dialogue dialogue = Press(new Dialogue(), "4711#", gap: 0);
        Assert.Equal("4711", dialogue.Last(TurnCommandKind.CommitTurn).Text);
        Assert.Equal(TurnPhase.Thinking, dialogue.Phase);
    }

    [Fact]
    public void A_hash_alone_is_an_answer()
    {
        Dialogue dialogue = Press(new Dialogue(), "#").Wait(2000);
        Assert.Equal("#", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void A_key_interrupts_the_agent()
    {
        Dialogue dialogue = Press(new Dialogue().UntilSpeaking().Silence(500).Forget(), "1", gap: 0);
        Assert.Equal("ReportUserStarted CancelReply ReportAgentStopped ReportState ReportTranscript", dialogue.Commands());
        dialogue.Wait(2100);
        Assert.Equal("1", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void A_key_does_not_interrupt_uninterruptible_speech_but_is_answered_afterwards()
    {
        Dialogue dialogue = Press(new Dialogue(new TurnTakerOptions { BargeIn = false }).UntilSpeaking().Silence(500).Forget(), "12");
        Assert.Equal("", dialogue.Commands());
        dialogue.Finished().Wait(2100);
        Assert.Equal("12", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void A_key_decides_what_speech_over_the_agent_was()
    {
        Dialogue dialogue = Press(new Dialogue().UntilSpeaking().Silence(500).Speak(200).Forget(), "1", gap: 0);
        Assert.Contains(TurnCommandKind.CancelReply, dialogue.Kinds);
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
    }

    [Fact]
    public void A_nod_before_a_key_is_no_part_of_the_entry()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(320).Silence(224).Wait(1500);
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
        Press(dialogue.Forget(), "1", gap: 0).Final("yeah").Wait(2100);
        Assert.Equal("1", dialogue.Last(TurnCommandKind.CommitTurn).Text);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.CancelReply));
    }

    [Fact]
    public void Words_and_keys_are_one_turn()
    {
        Dialogue dialogue = Press(new Dialogue().Speak(400).Silence(224).Final("my number is"), "12").Wait(2000);
        Assert.Equal("my number is 12", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void What_is_no_key_changes_nothing()
    {
        Dialogue dialogue = Press(new Dialogue().Forget(), "xE€");
        Assert.Equal("", dialogue.Commands());
    }

    [Fact]
    public void An_entry_is_a_turn_whose_speech_ended_with_its_last_key()
    {
        Dialogue dialogue = Press(new Dialogue(), "47");
        var last = dialogue.Now;
        Press(dialogue, "1", gap: 0).Wait(2100);
        TurnCommand reply = dialogue.Last(TurnCommandKind.StartReply);
        Assert.Equal((last, last + TimeSpan.FromSeconds(2)), (reply.SpeechEnd, reply.Decided));
        Assert.Equal((1, 1), (dialogue.Count(TurnCommandKind.ReportUserStarted), dialogue.Count(TurnCommandKind.ReportUserStopped)));
    }

    [Fact]
    public void A_first_key_is_the_end_of_speech_as_well()
    {
        Dialogue dialogue = new Dialogue();
        var only = dialogue.Now;
        Assert.Equal(only, Press(dialogue, "1", gap: 0).Wait(2100).Last(TurnCommandKind.StartReply).SpeechEnd);
    }

    [Fact]
    public void A_key_that_interrupts_is_the_end_of_speech()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500);
        var only = dialogue.Now;
        Assert.Equal(only, Press(dialogue, "1", gap: 0).Wait(2100).Last(TurnCommandKind.StartReply).SpeechEnd);
    }

    [Fact]
    public void A_key_while_a_final_is_awaited_goes_on_with_the_turn()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Partial("where can i park my car").Silence(224).Wait(900);
        Assert.Equal(TurnPhase.AwaitingTranscript, dialogue.Phase);
        Press(dialogue, "12", gap: 100);
        Assert.Equal(TurnPhase.Pausing, dialogue.Phase);
        dialogue.Final("where can i park my car").Wait(2100);
        Assert.Equal("where can i park my car 12", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void A_key_under_speech_does_not_end_it()
    {
        Dialogue dialogue = Press(new Dialogue().Voice("###"), "1", gap: 0);
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
        dialogue.Speak(2500);
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
    }

    [Fact]
    public void After_the_goodbye_was_begun_a_key_changes_nothing()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Tell(TurnFact.End(ConversationEndReason.AgentEnded, afterReply: true)).Forget();
        Assert.Equal("", Press(dialogue, "1#").Commands());
    }

    [Fact]
    public void A_nod_over_what_must_be_heard_is_no_part_of_the_entry_behind_it()
    {
        Dialogue dialogue = new Dialogue(new TurnTakerOptions { BargeIn = false }).UntilSpeaking().Silence(500).Speak(320).Silence(224).Final("yeah", 0.9f).Finished();
        Press(dialogue, "1", gap: 0).Wait(2100);
        Assert.Equal("1", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }
}
