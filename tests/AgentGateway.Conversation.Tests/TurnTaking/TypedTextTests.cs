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
}
