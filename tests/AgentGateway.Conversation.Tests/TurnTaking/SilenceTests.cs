using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Tests.TurnTaking;

public sealed class SilenceTests
{
    private static readonly TurnTakerOptions Idle = new() { IdlePrompt = TimeSpan.FromSeconds(8), IdlePromptAgain = TimeSpan.FromSeconds(20) };

    private static readonly TurnTakerOptions Bounded = new() { MaxCall = TimeSpan.FromSeconds(100), CallWarning = TimeSpan.FromSeconds(60) };

    [Fact]
    public void An_answer_that_takes_long_is_announced_within_the_budget()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Final("yes please").Forget();
        var end = dialogue.Now;
        dialogue.Wait(3700);
        Assert.Equal(0, dialogue.Count(TurnCommandKind.SayFiller));
        dialogue.Wait(200);
        TurnCommand filler = dialogue.Last(TurnCommandKind.SayFiller);
        Assert.Equal((1, TurnPhrase.Filler), (filler.Generation, filler.Phrase));
        Assert.InRange((dialogue.TimeOf(TurnCommandKind.SayFiller) - end).TotalMilliseconds, 3700, 4000);
        Assert.Equal(TurnPhase.Thinking, dialogue.Phase);
    }

    [Fact]
    public void Fillers_vary_and_end_in_an_apology()
    {
        Dialogue dialogue = new Dialogue().Type("hello");
        for (int i = 0; i < 4; i++)
            dialogue.Reply(TurnFactKind.ReplyProgress).Wait(4100);
        Assert.Equal(
            [TurnPhrase.Filler, TurnPhrase.FillerAgain, TurnPhrase.Filler, TurnPhrase.FillerAgain],
            dialogue.Log.Where(e => e.Command.Kind == TurnCommandKind.SayFiller).Select(e => e.Command.Phrase));
        dialogue.Forget().Wait(4100);
        Assert.Equal("CancelReply Say", dialogue.Commands());
        Assert.Equal(TurnPhrase.Apology, dialogue.Last(TurnCommandKind.Say).Phrase);
    }

    [Fact]
    public void What_is_heard_breaks_the_silence()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Wait(3900).Plays("we are").Wait(3900);
        Assert.Equal(0, dialogue.Count(TurnCommandKind.SayFiller));
        dialogue.Wait(200);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.SayFiller));
    }

    [Fact]
    public void An_answer_that_is_not_spoken_is_not_announced() =>
        Assert.Equal(0, new Dialogue().Type("hello", spoken: false).Wait(20_000).Count(TurnCommandKind.SayFiller));

    [Fact]
    public void The_budget_can_be_switched_off() =>
        Assert.Equal(0, new Dialogue(new TurnTakerOptions { MaxSilence = TimeSpan.Zero }).Type("hello").Wait(20_000).Count(TurnCommandKind.SayFiller));

    [Fact]
    public void A_caller_who_speaks_is_not_left_in_silence()
    {
        Dialogue dialogue = new Dialogue().Type("hello").Wait(3000).Voice("##").Wait(900).Speak(300).Silence(224).Final("okay").Wait(3500);
        Assert.Equal(TurnPhase.Thinking, dialogue.Phase);
        Assert.Equal(0, dialogue.Count(TurnCommandKind.SayFiller));
    }

    [Fact]
    public void A_recogniser_that_never_answers_does_not_stretch_the_budget()
    {
        Dialogue dialogue = new Dialogue().Speak(1600).Silence(224);
        var end = dialogue.Now;
        dialogue.Wait(6000);
        Assert.Equal(TurnPhrase.NotUnderstood, dialogue.Last(TurnCommandKind.Say).Phrase);
        Assert.InRange((dialogue.TimeOf(TurnCommandKind.Say) - end).TotalMilliseconds, 3000, 4000);
    }

    [Fact]
    public void A_silent_caller_is_asked_twice_and_then_the_agent_says_goodbye()
    {
        var dialogue = new Dialogue(Idle);
        dialogue.Wait(7900);
        Assert.Equal(0, dialogue.Count(TurnCommandKind.Say));
        dialogue.Wait(200);
        Assert.Equal(TurnPhrase.StillThere, dialogue.Last(TurnCommandKind.Say).Phrase);
        dialogue.Played().Finished().Wait(19_900);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.Say));
        dialogue.Wait(200);
        Assert.Equal(TurnPhrase.StillThereAgain, dialogue.Last(TurnCommandKind.Say).Phrase);
        dialogue.Played().Finished().Wait(20_100);
        Assert.Equal(TurnPhrase.IdleGoodbye, dialogue.Last(TurnCommandKind.Say).Phrase);
        Assert.Equal(TurnPhase.Closing, dialogue.Phase);
        dialogue.Played().Finished();
        Assert.Equal(ConversationEndReason.CallerIdle, dialogue.Last(TurnCommandKind.EndConversation).Reason);
    }

    [Fact]
    public void A_caller_who_answers_is_not_idle()
    {
        Dialogue dialogue = new Dialogue(Idle).Wait(8100).Played().Finished().Wait(10_000).Speak(400).Silence(224).Final("yes please").Wait(500).Played().Finished().Forget();
        dialogue.Wait(7900);
        Assert.Equal(0, dialogue.Count(TurnCommandKind.Say));
        dialogue.Wait(200);
        Assert.Equal(TurnPhrase.StillThere, dialogue.Last(TurnCommandKind.Say).Phrase);
    }

    [Fact]
    public void Noise_without_words_does_not_count_as_an_answer()
    {
        Dialogue dialogue = new Dialogue(Idle).Wait(5000).Speak(128).Silence(300).Final("").Wait(2600);
        Assert.Equal(TurnPhrase.StillThere, dialogue.Last(TurnCommandKind.Say).Phrase);
    }

    [Fact]
    public void A_caller_who_reads_is_not_asked() =>
        Assert.Equal(0, new Dialogue(Idle).Type("hello", spoken: false).Finished().Wait(60_000).Count(TurnCommandKind.Say));

    [Fact]
    public void Speech_without_words_is_given_to_the_recogniser_once_more()
    {
        Dialogue dialogue = new Dialogue().Silence(1600).Speak(600).Silence(224);
        long start = dialogue.Last(TurnCommandKind.OpenUtterance).Position;
        dialogue.Forget().Final("");
        Assert.Equal("OpenUtterance EndUtterance ReportState", dialogue.Commands());
        TurnCommand again = dialogue.Last(TurnCommandKind.OpenUtterance);
        Assert.Equal((start, true, 2), (again.Position, again.Again, again.Utterance));
        dialogue.Final("a table for two");
        Assert.Equal("a table for two", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void It_is_not_given_a_third_time()
    {
        Dialogue dialogue = new Dialogue().Speak(600).Silence(224).Final("").Forget().Final("");
        Assert.Equal("ReportUserStopped ReportNoWords ReportState", dialogue.Commands());
        Assert.Equal(TurnPhase.Listening, dialogue.Phase);
    }

    [Fact]
    public void The_caller_is_warned_before_the_call_is_ended_and_then_it_is()
    {
        Dialogue dialogue = new Dialogue(Bounded).Wait(39_900);
        Assert.Equal(0, dialogue.Count(TurnCommandKind.Say));
        dialogue.Wait(200);
        Assert.Equal(TurnPhrase.TimeWarning, dialogue.Last(TurnCommandKind.Say).Phrase);
        dialogue.Played().Finished().Wait(60_000);
        Assert.Equal(TurnPhrase.TimeUp, dialogue.Last(TurnCommandKind.Say).Phrase);
        dialogue.Played().Finished();
        Assert.Equal(ConversationEndReason.TimeLimit, dialogue.Last(TurnCommandKind.EndConversation).Reason);
    }

    [Fact]
    public void The_warning_waits_until_nobody_speaks()
    {
        Dialogue dialogue = new Dialogue(Bounded).Wait(39_000).Speak(1500).Silence(224).Final("yes please").Wait(300).Played();
        Assert.Equal(0, dialogue.Count(TurnCommandKind.Say));
        dialogue.Finished();
        Assert.Equal(TurnPhrase.TimeWarning, dialogue.Last(TurnCommandKind.Say).Phrase);
    }

    [Fact]
    public void Words_said_when_the_time_is_up_are_kept()
    {
        Dialogue dialogue = new Dialogue(Bounded).Wait(98_000).Played().Finished().Speak(1500).Partial("and one more thing").Speak(1500);
        Assert.Equal("and one more thing", dialogue.Last(TurnCommandKind.CommitTurn).Text);
        Assert.Equal(TurnPhrase.TimeUp, dialogue.Last(TurnCommandKind.Say).Phrase);
        Assert.Equal(TurnPhase.Closing, dialogue.Phase);
    }

    [Fact]
    public void The_reply_that_is_spoken_when_the_time_is_up_is_the_last()
    {
        Dialogue dialogue = new Dialogue(Bounded).Wait(95_000).Played().Finished().UntilSpeaking().Wait(3000);
        Assert.Equal(TurnPhase.Closing, dialogue.Phase);
        dialogue.Finished();
        Assert.Equal(ConversationEndReason.TimeLimit, dialogue.Last(TurnCommandKind.EndConversation).Reason);
    }

    [Fact]
    public void A_caller_who_does_not_stop_talking_is_answered()
    {
        Dialogue dialogue = new Dialogue(new TurnTakerOptions { MaxTurn = TimeSpan.FromSeconds(5) }).Speak(4000).Partial("and then i said to him").Speak(2000).Final("and then i said to him that");
        Assert.Equal("and then i said to him that", dialogue.Last(TurnCommandKind.CommitTurn).Text);
        Assert.Equal(TurnPhase.Thinking, dialogue.Phase);
    }

    [Fact]
    public void What_must_be_heard_is_heard_to_its_end()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Tell(TurnFact.Uninterruptible(1)).Silence(500).Forget().Speak(600).Partial("wait stop").Silence(224).Final("wait stop");
        Assert.Equal(0, dialogue.Count(TurnCommandKind.HoldPlayout));
        dialogue.Finished().Wait(2600);
        Assert.Equal("wait stop", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void An_answer_that_turns_out_to_be_uninterruptible_goes_on()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(100).Forget().Tell(TurnFact.Uninterruptible(1));
        Assert.Equal("ReleasePlayout", dialogue.Commands());
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
    }

    [Fact]
    public void Who_has_spoken_is_asked_as_if_for_the_first_time()
    {
        Dialogue dialogue = new Dialogue(Idle).Wait(8100).Played().Finished().UntilSpeaking().Finished().Forget().Wait(8100);
        Assert.Equal(TurnPhrase.StillThere, dialogue.Last(TurnCommandKind.Say).Phrase);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.Say));
    }

    [Fact]
    public void The_reply_that_is_spoken_when_the_time_is_up_is_not_talked_over()
    {
        Dialogue dialogue = new Dialogue(Bounded).Wait(95_000).Played().Finished().UntilSpeaking().Forget().Wait(3000);
        Assert.Equal((TurnPhase.Closing, 0), (dialogue.Phase, dialogue.Count(TurnCommandKind.Say)));
    }

    [Fact]
    public void Who_is_cut_by_the_end_of_the_call_is_listened_to_no_longer()
    {
        Dialogue dialogue = new Dialogue(Bounded).Wait(98_000).Played().Finished().Speak(1500).Forget().Speak(1500);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.EndUtterance));
    }

    [Fact]
    public void A_call_shorter_than_the_warning_has_none()
    {
        Dialogue dialogue = new Dialogue(Bounded with { MaxCall = TimeSpan.FromSeconds(30) }).Wait(31_000);
        Assert.Equal(TurnPhrase.TimeUp, dialogue.Last(TurnCommandKind.Say).Phrase);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.Say));
    }

    // The warning falls due under a reply that must be heard; what the caller says or said meanwhile comes first.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_warning_waits_for_the_caller(bool stillSpeaking)
    {
        Dialogue dialogue = new Dialogue(Bounded with { BargeIn = false, MaxSilence = TimeSpan.Zero }).Wait(30_000).UntilSpeaking().Wait(8000).Silence(500).Forget().Speak(400);
        if (!stillSpeaking)
            dialogue.Silence(224).Final("my name is ada");
        dialogue.Finished();
        Assert.Equal(0, dialogue.Count(TurnCommandKind.Say));
        if (stillSpeaking)
            dialogue.Silence(224).Final("my name is ada");
        dialogue.Wait(2600);
        Assert.Equal("my name is ada", dialogue.Last(TurnCommandKind.CommitTurn).Text);
        dialogue.Played().Finished();
        Assert.Equal(TurnPhrase.TimeWarning, dialogue.Last(TurnCommandKind.Say).Phrase);
    }

    [Fact]
    public void Who_is_not_understood_again_after_an_answer_is_told_again()
    {
        var dialogue = new Dialogue();
        for (int i = 1; i <= 2; i++)
        {
            dialogue.Speak(1600).Silence(224).Final("").Final("");
            Assert.Equal(i, dialogue.Log.Count(entry => entry.Command is { Kind: TurnCommandKind.Say, Phrase: TurnPhrase.NotUnderstood }));
            dialogue.Played().Finished().UntilSpeaking().Finished();
        }
    }

    [Fact]
    public void A_noise_long_after_an_interruption_is_owed_nothing()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(320).Partial("excuse me please").Silence(224).Final("excuse me please").Wait(2600);
        dialogue.Played().Finished().Forget().Silence(500).Speak(400).Silence(224).Final("");
        Assert.Equal((1, 0), (dialogue.Count(TurnCommandKind.ReportNoWords), dialogue.Count(TurnCommandKind.Say)));
        Assert.Equal(TurnPhase.Listening, dialogue.Phase);
    }

    [Fact]
    public void Nobody_is_asked_into_a_sound()
    {
        Dialogue dialogue = new Dialogue(Idle).Wait(7900).Voice("####");
        Assert.Equal(0, dialogue.Count(TurnCommandKind.Say));
        dialogue.Silence(320).Wait(8100);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.Say));
    }
}
