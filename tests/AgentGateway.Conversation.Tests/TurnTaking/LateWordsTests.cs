using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Tests.TurnTaking;

/// <summary>Words that are recognised after the sound they were said in was judged.</summary>
public sealed class LateWordsTests
{
    private static readonly TurnTakerOptions MustBeHeard = new() { BargeIn = false };

    // A sound over the agent whose final did not come in time: the agent went on.
    private static Dialogue GoneOn() => new Dialogue().UntilSpeaking().Silence(500).Speak(320).Silence(224).Wait(1000).Forget();

    [Fact]
    public void Only_the_final_of_a_sound_that_is_over_takes_the_floor_back()
    {
        Dialogue dialogue = GoneOn();
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
        dialogue.Partial("excuse me please");
        Assert.Equal(0, dialogue.Count(TurnCommandKind.CancelReply));
        dialogue.Final("excuse me please");
        Assert.Equal(1, dialogue.Count(TurnCommandKind.CancelReply));
    }

    [Fact]
    public void A_final_is_not_lost_to_the_next_sound()
    {
        Dialogue dialogue = GoneOn().Voice("##").Final("excuse me please");
        Assert.Equal(1, dialogue.Count(TurnCommandKind.CancelReply));
    }

    [Fact]
    public void One_word_that_came_too_late_to_interrupt_is_not_answered_after_the_reply()
    {
        Dialogue dialogue = GoneOn().Final("tomorrow", 0.9f).Finished().Wait(3000);
        Assert.Equal(0, dialogue.Count(TurnCommandKind.CommitTurn));
    }

    [Fact]
    public void What_was_said_over_a_reply_is_answered_when_its_final_comes_after_it()
    {
        Dialogue dialogue = new Dialogue(MustBeHeard).UntilSpeaking().Silence(500).Speak(600).Silence(224).Finished();
        Assert.Equal(TurnPhase.Listening, dialogue.Phase);
        dialogue.Forget().Partial("my name");
        Assert.Equal("", dialogue.Commands());
        dialogue.Final("my name is ada").Wait(2600);
        Assert.Equal("my name is ada", dialogue.Last(TurnCommandKind.CommitTurn).Text);
        Assert.Equal((1, 1), (dialogue.Count(TurnCommandKind.ReportUserStarted), dialogue.Count(TurnCommandKind.ReportUserStopped)));
    }

    [Fact]
    public void A_nod_over_a_reply_is_not_answered_when_its_final_comes_after_it()
    {
        Dialogue dialogue = new Dialogue(MustBeHeard).UntilSpeaking().Silence(500).Speak(320).Silence(224).Finished().Forget();
        dialogue.Final("yeah", 0.9f).Wait(3000);
        Assert.Equal("", dialogue.Commands());
        Assert.Equal(TurnPhase.Listening, dialogue.Phase);
    }

    [Fact]
    public void All_that_was_said_over_what_must_be_heard_is_one_turn()
    {
        Dialogue dialogue = new Dialogue(MustBeHeard).UntilSpeaking().Silence(500).Speak(400).Silence(224).Final("my name is ada")
            .Silence(800).Speak(400).Silence(224).Final("and i live in rome").Finished().Wait(2600);
        Assert.Equal("my name is ada and i live in rome", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void What_the_caller_is_saying_when_the_reply_ends_is_a_turn_when_it_is_over()
    {
        Dialogue dialogue = new Dialogue(MustBeHeard).UntilSpeaking().Silence(500).Speak(400).Silence(224).Final("my name is ada").Silence(500).Voice("##").Finished();
        Assert.Equal(TurnPhase.Listening, dialogue.Phase);
        dialogue.Speak(400).Silence(224).Final("and i live in rome").Wait(2600);
        Assert.Equal("my name is ada and i live in rome", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void A_partial_behind_a_sound_over_the_agent_waits_for_its_final()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(320).Silence(224).Partial("yeah");
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
        dialogue.Final("yeah no stop it");
        Assert.Equal(1, dialogue.Count(TurnCommandKind.CancelReply));
    }

    [Fact]
    public void A_partial_does_not_end_the_wait_for_a_final()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Partial("where can i park my car").Silence(224).Wait(900).Forget();
        Assert.Equal(TurnPhase.AwaitingTranscript, dialogue.Phase);
        dialogue.Partial("where can i park my car today");
        Assert.Equal(0, dialogue.Count(TurnCommandKind.CommitTurn));
        dialogue.Final("where can i park my car today please");
        Assert.Equal("where can i park my car today please", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void The_end_of_an_interrupted_reply_that_is_told_late_ends_nothing()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(320).Partial("excuse me please").Forget();
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
        dialogue.Finished();
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
        Assert.Equal("", dialogue.Commands());
    }

    [Fact]
    public void A_turn_that_interrupted_is_reported_to_its_end()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(320).Partial("excuse me please").Silence(224).Forget().Final("excuse me please").Wait(2600);
        Assert.Equal(("excuse me please", true), (dialogue.Last(TurnCommandKind.ReportTranscript).Text, dialogue.Last(TurnCommandKind.ReportTranscript).IsFinal));
        Assert.Equal(1, dialogue.Count(TurnCommandKind.ReportUserStopped));
    }

    [Fact]
    public void A_turn_given_to_the_recogniser_again_is_answered_with_its_final_and_not_before()
    {
        Dialogue dialogue = new Dialogue(new TurnTakerOptions { MaxSilence = TimeSpan.Zero }).Speak(1000).Silence(224).Wait(5500);
        Assert.True(dialogue.Last(TurnCommandKind.OpenUtterance).Again);
        dialogue.Forget().Partial("a table");
        Assert.Equal(0, dialogue.Count(TurnCommandKind.CommitTurn));
        dialogue.Final("a table for two");
        Assert.Equal("a table for two", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void A_turn_given_to_the_recogniser_again_is_waited_for_no_longer_than_a_final()
    {
        var options = new TurnTakerOptions { MaxSilence = TimeSpan.Zero, MaxFinalWait = TimeSpan.FromSeconds(1) };
        Dialogue dialogue = new Dialogue(options).Speak(1000).Silence(224).Final("");
        Assert.True(dialogue.Last(TurnCommandKind.OpenUtterance).Again);
        dialogue.Wait(950);
        Assert.Equal(TurnPhase.AwaitingTranscript, dialogue.Phase);
        dialogue.Wait(100);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.ReportNoWords));
    }

    [Fact]
    public void The_time_for_deciding_one_sound_does_not_decide_the_next()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(320).Partial("yeah").Silence(224).Final("yeah");
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
        dialogue.Speak(800);
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
        Assert.Equal(TurnCommandKind.HoldPlayout, dialogue.Kinds.Last(kind => kind is TurnCommandKind.HoldPlayout or TurnCommandKind.ReleasePlayout));
    }

    [Fact]
    public void The_silence_behind_a_word_does_not_end_inside_the_next_sound()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Voice("###").Partial("yeah").Silence(352).Forget();
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
        dialogue.Speak(192);
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
        Assert.Equal(0, dialogue.Count(TurnCommandKind.ReleasePlayout));
    }
}
