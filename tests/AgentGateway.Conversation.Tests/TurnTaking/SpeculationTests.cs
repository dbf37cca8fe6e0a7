using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Tests.TurnTaking;

public sealed class SpeculationTests
{
    private const string Text = "where can i park my car";

    private static readonly TurnTakerOptions Ahead = new() { Speculate = true };

    [Fact]
    public void A_final_in_a_pause_begins_a_reply_before_the_turn_is_over()
    {
        Dialogue dialogue = new Dialogue(Ahead).Speak(400).Silence(224).Final(Text);
        TurnCommand begun = dialogue.Last(TurnCommandKind.StartSpeculation);
        Assert.Equal((1, 1, Text), (begun.Turn, begun.Generation, begun.Text));
        Assert.Equal(TurnPhase.Pausing, dialogue.Phase);
        dialogue.Forget().Wait(1500);
        Assert.Equal("ReportTranscript ReportUserStopped CommitTurn CommitSpeculation ReportState", dialogue.Commands());
        Assert.Equal(1, dialogue.Last(TurnCommandKind.CommitSpeculation).Generation);
        Assert.Equal(TurnPhase.Thinking, dialogue.Phase);
        dialogue.Played();
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
    }

    [Fact]
    public void A_partial_has_to_be_stable()
    {
        Dialogue dialogue = new Dialogue(Ahead).Speak(400).Silence(224).Partial("where can i park").Wait(100).Partial(Text).Wait(140);
        Assert.Equal(0, dialogue.Count(TurnCommandKind.StartSpeculation));
        dialogue.Wait(20);
        Assert.Equal(Text, dialogue.Last(TurnCommandKind.StartSpeculation).Text);
    }

    [Fact]
    public void Punctuation_of_the_final_does_not_waste_the_reply()
    {
        Dialogue dialogue = new Dialogue(Ahead).Speak(400).Silence(224).Partial(Text).Wait(200).Final("Where can I park my car?");
        dialogue.Wait(1000);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.CommitSpeculation));
        Assert.Equal("Where can I park my car?", dialogue.Last(TurnCommandKind.CommitTurn).Text);
        Assert.Equal(0, dialogue.Count(TurnCommandKind.StartReply) + dialogue.Count(TurnCommandKind.DropSpeculation));
    }

    [Fact]
    public void Other_words_swap_the_reply()
    {
        Dialogue dialogue = new Dialogue(Ahead).Speak(400).Silence(224).Partial(Text).Wait(160).Forget().Final("where can i park my cart");
        Assert.Equal("ReportTranscript DropSpeculation StartSpeculation", dialogue.Commands());
        dialogue.Wait(1500);
        Assert.Equal(2, dialogue.Last(TurnCommandKind.CommitSpeculation).Generation);
    }

    [Fact]
    public void A_final_that_commits_the_turn_with_other_words_does_not_use_it()
    {
        Dialogue dialogue = new Dialogue(Ahead).Speak(400).Silence(224).Partial(Text).Wait(900);
        Assert.Equal((TurnPhase.AwaitingTranscript, 1), (dialogue.Phase, dialogue.Count(TurnCommandKind.StartSpeculation)));
        dialogue.Forget().Final("where can i park my cart");
        Assert.Equal("ReportTranscript ReportUserStopped CommitTurn DropSpeculation StartReply", dialogue.Commands());
        Assert.Equal(2, dialogue.Last(TurnCommandKind.StartReply).Generation);
    }

    [Fact]
    public void A_caller_who_goes_on_wastes_it_only_with_words()
    {
        Dialogue dialogue = new Dialogue(Ahead).Speak(400).Silence(224).Final(Text).Voice("##...").Final("");
        Assert.Equal(0, dialogue.Count(TurnCommandKind.DropSpeculation));
        dialogue.Voice("##").Speak(300).Silence(224).Final("for the night").Wait(2600);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.DropSpeculation));
        Assert.Equal("where can i park my car for the night", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void At_most_three_are_begun_for_a_turn()
    {
        Dialogue dialogue = new Dialogue(Ahead);
        for (int i = 0; i < 6; i++)
            dialogue.Speak(400).Silence(224).Final(Text);
        Assert.Equal(3, dialogue.Count(TurnCommandKind.StartSpeculation));
        dialogue.Wait(2600);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.StartReply));
    }

    [Fact]
    public void What_is_clearly_unfinished_is_not_answered_ahead() =>
        Assert.Equal(0, new Dialogue(Ahead).Speak(400).Silence(224).Final("i would like to book a").Count(TurnCommandKind.StartSpeculation));

    [Fact]
    public void What_is_certain_is_committed_at_once() =>
        Assert.Equal(0, new Dialogue(Ahead).Speak(400).Silence(320).Final("yes please").Count(TurnCommandKind.StartSpeculation));

    [Fact]
    public void It_can_be_switched_off()
    {
        Dialogue dialogue = new Dialogue(new TurnTakerOptions { Speculate = false }).Speak(400).Silence(224).Final(Text).Wait(1500);
        Assert.Equal((0, 1), (dialogue.Count(TurnCommandKind.StartSpeculation), dialogue.Count(TurnCommandKind.StartReply)));
    }

    [Fact]
    public void The_end_of_the_call_throws_it_away()
    {
        Dialogue dialogue = new Dialogue(Ahead).Speak(400).Silence(224).Final(Text).Forget()
            .Tell(TurnFact.End(Conversation.Events.ConversationEndReason.CallerHungUp, afterReply: false));
        Assert.Equal(1, dialogue.Count(TurnCommandKind.DropSpeculation));
        Assert.Equal(1, dialogue.Count(TurnCommandKind.CommitTurn));
    }
}
