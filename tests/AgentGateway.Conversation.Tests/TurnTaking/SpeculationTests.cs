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

    [Fact]
    public void What_became_the_answer_is_not_dropped_with_the_next()
    {
        Dialogue dialogue = new Dialogue(Ahead).Speak(400).Silence(224).Final(Text).Wait(1500);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.CommitSpeculation));
        dialogue.Forget().Type("stop").Type("no, go on");
        Assert.Equal(0, dialogue.Count(TurnCommandKind.DropSpeculation));
    }

    [Fact]
    public void What_was_dropped_is_dropped_once()
    {
        Dialogue dialogue = new Dialogue(Ahead).Speak(400).Silence(224).Partial(Text).Wait(900).Final("where can i park my cart").Type("stop").Type("go on");
        Assert.Equal(1, dialogue.Count(TurnCommandKind.DropSpeculation));
    }

    [Fact]
    public void An_answer_to_the_agents_own_echo_is_dropped()
    {
        Dialogue dialogue = new Dialogue(Ahead).UntilSpeaking().Plays("we are open today from noon").Finished().Forget();
        dialogue.WithEcho(0.5f).Speak(400).Silence(224).Final("we are open today");
        Assert.Equal(1, dialogue.Count(TurnCommandKind.StartSpeculation));
        dialogue.Wait(2600);
        Assert.Equal((1, 1), (dialogue.Count(TurnCommandKind.ReportNoWords), dialogue.Count(TurnCommandKind.DropSpeculation)));
    }

    [Fact]
    public void The_end_of_the_call_drops_it()
    {
        Dialogue dialogue = new Dialogue(Ahead with { MaxCall = TimeSpan.FromMilliseconds(800), MinDelay = TimeSpan.FromSeconds(1) }).Speak(400).Silence(224).Final(Text).Wait(500);
        Assert.Equal((1, 1), (dialogue.Count(TurnCommandKind.StartSpeculation), dialogue.Count(TurnCommandKind.DropSpeculation)));
        Assert.Equal(TurnPhrase.TimeUp, dialogue.Last(TurnCommandKind.Say).Phrase);
    }

    [Fact]
    public void A_noise_long_after_an_interruption_that_was_answered_ahead_is_owed_nothing()
    {
        Dialogue dialogue = new Dialogue(Ahead).UntilSpeaking().Silence(500).Speak(320).Partial("excuse me please").Silence(224).Final(Text).Wait(2600);
        Assert.Equal(dialogue.Turns.Generation, dialogue.Last(TurnCommandKind.CommitSpeculation).Generation);
        dialogue.Played().Finished().Forget().Silence(500).Speak(400).Silence(224).Final("");
        Assert.Equal((1, 0), (dialogue.Count(TurnCommandKind.ReportNoWords), dialogue.Count(TurnCommandKind.Say)));
    }
}
