using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Tests.TurnTaking;

public sealed class TypedTextTests
{
    [Fact]
    public void Typed_text_is_a_turn()
    {
        Dialogue dialogue = new Dialogue().Forget().Type("What are your hours?");
        Assert.Equal("CommitTurn StartReply ReportState", dialogue.Commands());
        Assert.True(dialogue.Last(TurnCommandKind.CommitTurn).Typed);
        TurnCommand reply = dialogue.Last(TurnCommandKind.StartReply);
        Assert.Equal((dialogue.Now, dialogue.Now), (reply.SpeechEnd, reply.Decided));
    }

    [Fact]
    public void It_interrupts_the_agent()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Forget().Type("Stop.");
        Assert.Equal("CancelReply ReportAgentStopped CommitTurn StartReply ReportState", dialogue.Commands());
        Assert.Equal(2, dialogue.Turns.Generation);
    }

    [Fact]
    public void It_only_joins_the_conversation_when_asked_to()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Forget().Type("My name is Ada.", run: false);
        Assert.Equal("AppendContext", dialogue.Commands());
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
    }

    [Fact]
    public void It_can_ask_for_a_silent_answer()
    {
        Dialogue dialogue = new Dialogue().Type("hello", spoken: false);
        Assert.False(dialogue.Last(TurnCommandKind.StartReply).Spoken);
        dialogue.Finished();
        Assert.Equal(TurnPhase.Listening, dialogue.Phase);
    }

    [Fact]
    public void It_joins_a_turn_that_is_being_spoken()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Partial("my address is").Type("ada@example.com")
            .Speak(100).Silence(224).Final("my address is").Wait(2600);
        TurnCommand commit = dialogue.Last(TurnCommandKind.CommitTurn);
        Assert.Equal(("my address is ada@example.com", false), (commit.Text, commit.Typed));
        Assert.True(dialogue.Last(TurnCommandKind.StartReply).Spoken);
    }

    [Fact]
    public void It_ends_a_pause()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Final("my address is").Wait(100).Type("ada@example.com");
        Assert.Equal("my address is ada@example.com", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void It_decides_a_contest()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(100).Voice("###").Forget().Type("wait");
        Assert.Contains(TurnCommandKind.CancelReply, dialogue.Kinds);
        Assert.Contains(TurnCommandKind.ReleasePlayout, dialogue.Kinds);
    }

    [Fact]
    public void It_waits_for_speech_that_must_be_heard()
    {
        var dialogue = new Dialogue(new TurnTakerOptions { GreetingInterruptible = false }, greeting: true);
        dialogue.Played().Type("hello");
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
        dialogue.Finished();
        Assert.Equal("hello", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void Before_the_conversation_is_ready_it_is_kept_and_takes_the_place_of_the_greeting()
    {
        Dialogue dialogue = new Dialogue(ready: false).Type("hello").Tell(TurnFact.Ready(greeting: true));
        Assert.Equal("hello", dialogue.Last(TurnCommandKind.CommitTurn).Text);
        Assert.Equal(0, dialogue.Count(TurnCommandKind.Say));
    }

    [Fact]
    public void Typed_text_while_a_sound_over_the_agent_is_judged_is_answered_at_once()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(320).Silence(224).Forget();
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
        dialogue.Type("stop that and");
        Assert.Equal(1, dialogue.Count(TurnCommandKind.CancelReply));
        Assert.Equal(TurnPhase.AwaitingTranscript, dialogue.Phase);
        dialogue.Final("yeah");
        Assert.Equal(1, dialogue.Count(TurnCommandKind.CommitTurn));
    }

    [Fact]
    public void Before_the_conversation_is_ready_it_is_not_answered()
    {
        Dialogue dialogue = new Dialogue(ready: false).Forget().Type("hello");
        Assert.Equal("", dialogue.Commands());
        Assert.Equal(TurnPhase.Starting, dialogue.Phase);
    }

    [Fact]
    public void After_the_goodbye_was_begun_it_changes_nothing()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Tell(TurnFact.End(ConversationEndReason.AgentEnded, afterReply: true)).Forget();
        dialogue.Type("hello").Type("My name is Ada.", run: false);
        Assert.Equal("", dialogue.Commands());
    }

    [Fact]
    public void With_a_sound_that_may_become_speech_it_is_one_turn()
    {
        Dialogue dialogue = new Dialogue().Voice("###").Type("hello");
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
        dialogue.Speak(200).Silence(224).Final("there");
        Assert.Equal("there hello", dialogue.Wait(2600).Last(TurnCommandKind.CommitTurn).Text);
        Assert.Equal(1, dialogue.Turns.Turn);
    }

    [Fact]
    public void A_turn_was_decided_when_it_was_over_not_when_its_text_was_there()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Partial("where can i park my car").Silence(224).Wait(900);
        Assert.Equal(TurnPhase.AwaitingTranscript, dialogue.Phase);
        var decided = dialogue.TimeOf(TurnCommandKind.ReportState);
        dialogue.Wait(50).Type("today").Wait(50).Final("where can i park my car");
        Assert.Equal("where can i park my car today", dialogue.Last(TurnCommandKind.CommitTurn).Text);
        Assert.Equal(decided, dialogue.Last(TurnCommandKind.StartReply).Decided);
    }

    [Fact]
    public void It_ends_the_sound_of_the_agent_that_was_listened_to()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).WithEcho(0.9f).Speak(320).Forget().Type("stop");
        Assert.Equal(1, dialogue.Count(TurnCommandKind.EndUtterance));
    }

    [Fact]
    public void It_is_never_taken_for_an_echo()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Plays("we are open today").Type("we are open today");
        Assert.Equal("we are open today", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void A_silent_answer_is_not_reported_as_speech()
    {
        Dialogue dialogue = new Dialogue().Type("hello", spoken: false).Forget().Finished();
        Assert.Equal("ReportState", dialogue.Commands());
    }

    [Fact]
    public void Behind_what_must_be_heard_it_is_no_speech_and_waits_for_nothing()
    {
        Dialogue dialogue = new Dialogue(new TurnTakerOptions { BargeIn = false }).UntilSpeaking().Silence(500).Type("hello").Forget().Finished();
        Assert.Equal("ReportAgentStopped ReportState CommitTurn StartReply ReportState", dialogue.Commands());
        dialogue = new Dialogue(new TurnTakerOptions { BargeIn = false }).UntilSpeaking().Silence(500).Speak(400).Silence(224).Final("my name is").Type("ada").Forget().Finished();
        Assert.Equal("my name is ada", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }
}
