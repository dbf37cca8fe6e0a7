using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Tests.TurnTaking;

public sealed class EndAndStallTests
{
    [Fact]
    public void A_hang_up_cuts_the_reply()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Forget().Tell(TurnFact.End(ConversationEndReason.CallerHungUp, afterReply: false));
        Assert.Equal("CancelReply ReportAgentStopped ReportState EndConversation", dialogue.Commands());
        Assert.Equal(ConversationEndReason.CallerHungUp, dialogue.Last(TurnCommandKind.EndConversation).Reason);
        Assert.Null(dialogue.Turns.NextTimeout);
    }

    [Fact]
    public void The_words_of_a_caller_who_hangs_up_are_kept()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Partial("please call me back").Forget()
            .Tell(TurnFact.End(ConversationEndReason.CallerHungUp, afterReply: false));
        Assert.Equal("ReportTranscript ReportUserStopped CommitTurn ReportState EndConversation", dialogue.Commands());
        Assert.Equal("please call me back", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void After_the_end_nothing_has_an_effect()
    {
        Dialogue dialogue = new Dialogue().Tell(TurnFact.End(ConversationEndReason.ServerStopped, afterReply: false)).Forget();
        dialogue.Type("hello").Speak(500).Wait(60_000).Tell(TurnFact.Ready(greeting: true));
        Assert.Equal("", dialogue.Commands());
    }

    [Fact]
    public void The_agent_ends_the_call_after_its_goodbye()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Tell(TurnFact.End(ConversationEndReason.AgentEnded, afterReply: true));
        Assert.Equal(TurnPhase.Closing, dialogue.Phase);
        dialogue.Forget().Speak(1000).Silence(300);
        Assert.Equal("", dialogue.Commands());
        dialogue.Finished();
        Assert.Equal("ReportAgentStopped ReportState EndConversation", dialogue.Commands());
        Assert.Equal(ConversationEndReason.AgentEnded, dialogue.Last(TurnCommandKind.EndConversation).Reason);
    }

    [Fact]
    public void A_goodbye_that_begins_after_the_request_is_reported_as_speech()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Final("bye").Wait(500)
            .Tell(TurnFact.End(ConversationEndReason.AgentEnded, afterReply: true)).Forget().Played();
        Assert.Equal("ReportAgentStarted ReportState", dialogue.Commands());
        Assert.Equal([AgentState.Speaking], dialogue.States);
    }

    [Fact]
    public void Without_a_reply_the_agents_end_is_at_once()
    {
        Dialogue dialogue = new Dialogue().Tell(TurnFact.End(ConversationEndReason.AgentEnded, afterReply: true));
        Assert.Equal(TurnPhase.Ended, dialogue.Phase);
    }

    [Fact]
    public void A_caller_who_took_the_floor_keeps_the_call()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Tell(TurnFact.End(ConversationEndReason.AgentEnded, afterReply: true));
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
    }

    [Fact]
    public void A_goodbye_that_is_stuck_ends_the_call_all_the_same()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Tell(TurnFact.End(ConversationEndReason.AgentEnded, afterReply: true)).Wait(15_100);
        Assert.Equal(TurnPhase.Ended, dialogue.Phase);
    }

    [Fact]
    public void Who_waits_for_a_last_answer_hears_something_meanwhile()
    {
        Dialogue dialogue = new Dialogue(new TurnTakerOptions { SpeakingStall = TimeSpan.FromSeconds(60) })
            .Type("hello").Tell(TurnFact.End(ConversationEndReason.AgentEnded, afterReply: true)).Forget().Wait(3900);
        Assert.Equal("", dialogue.Commands());
        dialogue.Wait(12_200);
        Assert.Equal("SayFiller SayFiller SayFiller SayFiller", dialogue.Commands());
        dialogue.Wait(4000);
        Assert.Equal((TurnPhase.Ended, ConversationEndReason.AgentEnded), (dialogue.Phase, dialogue.Last(TurnCommandKind.EndConversation).Reason));
    }

    [Fact]
    public void Thinking_without_progress_is_begun_again_once_then_ends_in_an_apology_and_that_in_listening()
    {
        Dialogue dialogue = new Dialogue(new TurnTakerOptions { MaxSilence = TimeSpan.Zero }).Type("hello").Wait(29_000).Reply(TurnFactKind.ReplyProgress).Wait(29_000);
        Assert.Equal(TurnPhase.Thinking, dialogue.Phase);
        dialogue.Forget().Wait(2_000);
        Assert.Equal("ReportStalled CancelReply StartReply", dialogue.Commands());
        Assert.Equal((1, 2), (dialogue.Last(TurnCommandKind.StartReply).Turn, dialogue.Turns.Generation));
        dialogue.Forget().Wait(30_000);
        Assert.Equal("ReportStalled CancelReply Say", dialogue.Commands());
        Assert.Equal(TurnPhrase.Apology, dialogue.Last(TurnCommandKind.Say).Phrase);
        dialogue.Wait(31_000);
        Assert.Equal(TurnPhase.Listening, dialogue.Phase);
    }

    [Fact]
    public void Speaking_without_progress_ends_in_listening()
    {
        Dialogue dialogue = new Dialogue(new TurnTakerOptions { MaxSilence = TimeSpan.Zero }).UntilSpeaking().Wait(14_000).Reply(TurnFactKind.PlayoutProgress).Wait(14_000);
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
        dialogue.Forget().Wait(2_000);
        Assert.Equal("ReportStalled CancelReply ReportAgentStopped ReportState", dialogue.Commands());
        Assert.Equal(TurnPhase.Listening, dialogue.Phase);
    }

    [Fact]
    public void Facts_of_an_older_reply_change_nothing()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Type("stop").Forget();
        dialogue.Reply(TurnFactKind.ReplyFinished, 1).Reply(TurnFactKind.PlayoutStarted, 1).Reply(TurnFactKind.ReplyProgress, 1);
        Assert.Equal("", dialogue.Commands());
        Assert.Equal(TurnPhase.Thinking, dialogue.Phase);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    public void What_must_be_heard_of_an_older_reply_may_be_interrupted_in_the_next(int generation, int cancelled)
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Type("stop").Played().Silence(500).Forget();
        Assert.Equal(2, dialogue.Turns.Generation);
        dialogue.Reply(TurnFactKind.Uninterruptible, generation).Speak(320).Partial("excuse me");
        Assert.Equal(cancelled, dialogue.Count(TurnCommandKind.CancelReply));
    }

    // The two words that are about to be played may be heard already, as an echo of the present reply only.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    public void Text_of_an_older_reply_is_nobodys_echo(int generation, int cancelled)
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Type("stop").Played().WithEcho(0.4f);
        dialogue.Tell(TurnFact.Reply(TurnFactKind.ReplyText, generation, "call tomorrow")).Silence(500).Forget();
        dialogue.Speak(320).Silence(224).Final("call tomorrow", 0.9f);
        Assert.Equal(cancelled, dialogue.Count(TurnCommandKind.CancelReply));
    }

    [Fact]
    public void Readiness_is_told_once()
    {
        Dialogue dialogue = new Dialogue().Forget().Tell(TurnFact.Ready(greeting: true));
        Assert.Equal("", dialogue.Commands());
    }

    [Fact]
    public void A_voice_over_the_goodbye_changes_nothing_also_when_it_stops_coming()
    {
        Dialogue dialogue = new Dialogue(new TurnTakerOptions { MaxSilence = TimeSpan.Zero }).UntilSpeaking().Plays("good bye")
            .Tell(TurnFact.End(ConversationEndReason.AgentEnded, afterReply: true)).Forget().Speak(400).Wait(1500);
        Assert.Equal("", dialogue.Commands());
        Assert.Equal(TurnPhase.Closing, dialogue.Phase);
    }

    [Fact]
    public void A_goodbye_decides_what_speech_over_it_was()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(160).Forget().Tell(TurnFact.End(ConversationEndReason.AgentEnded, afterReply: true));
        Assert.Equal("ReleasePlayout EndUtterance", dialogue.Commands());
    }

    [Fact]
    public void Text_that_an_older_reply_did_not_come_to_is_nobodys_echo()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().WithEcho(0.4f);
        dialogue.Tell(TurnFact.ReplyText(1, "call tomorrow")).Type("stop").Played().Silence(500).Forget();
        dialogue.Speak(320).Silence(224).Final("call tomorrow", 0.9f);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.CancelReply));
    }

    [Fact]
    public void Audio_that_stops_while_a_sound_goes_on_in_a_pause_leaves_the_pause_to_end()
    {
        Dialogue dialogue = new Dialogue().Speak(400);
        var end = dialogue.Now;
        dialogue.Silence(224).Final("i would like to book a").Voice("###");
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
        dialogue.Wait(5000);
        Assert.Equal(end, dialogue.Last(TurnCommandKind.StartReply).SpeechEnd);
        Assert.Equal("i would like to book a", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void Audio_that_comes_again_is_another_sound()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Wait(1010).Forget().Speak(96);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.OpenUtterance));
    }

    [Fact]
    public void Speech_whose_audio_stopped_counts_as_speech()
    {
        Dialogue dialogue = new Dialogue().Speak(1600).Wait(8000);
        Assert.Equal(TurnPhrase.NotUnderstood, dialogue.Last(TurnCommandKind.Say).Phrase);
    }
}
