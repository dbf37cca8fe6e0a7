using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Tests.TurnTaking;

public sealed class TurnStartTests
{
    [Fact]
    public void Preparation_ends_with_the_greeting_when_there_is_one()
    {
        var dialogue = new Dialogue(greeting: true);
        Assert.Equal(TurnPhase.Thinking, dialogue.Phase);
        TurnCommand say = dialogue.Last(TurnCommandKind.Say);
        Assert.Equal((TurnPhrase.Greeting, 0, 1), (say.Phrase, say.Turn, say.Generation));
    }

    [Fact]
    public void Without_a_greeting_the_agent_listens()
    {
        var dialogue = new Dialogue();
        Assert.Equal(TurnPhase.Listening, dialogue.Phase);
        Assert.Equal([AgentState.Listening], dialogue.States);
    }

    [Fact]
    public void Preparation_that_never_ends_is_given_up()
    {
        var dialogue = new Dialogue(ready: false);
        dialogue.Wait(19_000);
        Assert.Equal(TurnPhase.Starting, dialogue.Phase);
        dialogue.Wait(2_000);
        Assert.Equal(TurnPhase.Listening, dialogue.Phase);
        Assert.Equal(TurnPhase.Starting, dialogue.Last(TurnCommandKind.ReportStalled).Phase);
    }

    [Theory]
    [InlineData("#.", 0)]
    [InlineData("##", 1)]
    [InlineData("#-#", 1)]
    [InlineData("--------", 0)]
    public void A_candidate_needs_60_ms_above_the_thresholds(string pattern, int utterances)
    {
        Dialogue dialogue = new Dialogue().Voice(pattern);
        Assert.Equal(utterances, dialogue.Count(TurnCommandKind.OpenUtterance));
    }

    [Theory]
    [InlineData("######", false)]
    [InlineData("#######", true)]
    [InlineData("###.####", true)]
    [InlineData("###--##", true)]
    [InlineData("###...####", false)]
    public void A_turn_opens_after_200_ms_of_speech(string pattern, bool opened)
    {
        Dialogue dialogue = new Dialogue().Voice(pattern);
        Assert.Equal(opened ? TurnPhase.Hearing : TurnPhase.Listening, dialogue.Phase);
        Assert.Equal(opened ? 1 : 0, dialogue.Count(TurnCommandKind.ReportUserStarted));
    }

    [Fact]
    public void The_recogniser_is_given_500_ms_before_the_onset()
    {
        Dialogue dialogue = new Dialogue().Silence(2000).Voice("##");
        long onset = 63 * 512;
        Assert.Equal(onset - 8000, dialogue.Last(TurnCommandKind.OpenUtterance).Position);
    }

    [Fact]
    public void The_pre_roll_does_not_reach_before_the_first_sample()
    {
        Dialogue dialogue = new Dialogue().Voice("..##");
        Assert.Equal(0, dialogue.Last(TurnCommandKind.OpenUtterance).Position);
    }

    [Fact]
    public void The_pre_roll_does_not_reach_into_the_utterance_before()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224);
        long ended = (13 + 7) * 512;
        dialogue.Voice("..##");
        Assert.Equal(ended, dialogue.Last(TurnCommandKind.OpenUtterance).Position);
    }

    [Fact]
    public void A_short_sound_is_dropped_after_90_ms_of_silence()
    {
        Dialogue dialogue = new Dialogue().Voice("### ..");
        Assert.Equal(0, dialogue.Count(TurnCommandKind.EndUtterance));
        dialogue.Voice(".").Final("uh");
        Assert.Equal(1, dialogue.Count(TurnCommandKind.EndUtterance));
        Assert.Equal(TurnPhase.Listening, dialogue.Phase);
        Assert.Equal(0, dialogue.Turns.Turn);
    }

    [Fact]
    public void Partials_report_the_whole_text_of_the_turn()
    {
        Dialogue dialogue = new Dialogue().Voice("##").Partial("i").Speak(200).Partial("i would").Partial("i would like");
        Assert.Equal(
            ["i", "i would", "i would like"],
            dialogue.Log.Where(e => e.Command.Kind == TurnCommandKind.ReportTranscript).Select(e => e.Command.Text));
    }

    [Fact]
    public void A_turn_that_is_too_long_is_answered()
    {
        var dialogue = new Dialogue(new TurnTakerOptions { MaxTurn = TimeSpan.FromSeconds(5) });
        dialogue.Speak(4000).Partial("and then he said that");
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
        dialogue.Speak(1300);
        Assert.Equal(TurnPhase.AwaitingTranscript, dialogue.Phase);
        dialogue.Final("and then he said that").Speak(32);
        Assert.Equal(TurnPhase.Thinking, dialogue.Phase);
    }

    [Fact]
    public void Who_still_talks_when_the_agent_has_finished_has_the_floor()
    {
        var dialogue = new Dialogue(new TurnTakerOptions { MaxTurn = TimeSpan.FromSeconds(5) });
        dialogue.Speak(5300).Final("and then he said that").Speak(100).Played().Speak(2000).Finished();
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
        Assert.Equal(2, dialogue.Turns.Turn);
        Assert.Equal(2, dialogue.Count(TurnCommandKind.OpenUtterance));
    }

    [Fact]
    public void Speech_ends_when_no_more_audio_arrives()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Wait(990);
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
        dialogue.Wait(20);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.EndUtterance));
        // It ended a second ago, which counts.
        dialogue.Wait(30);
        Assert.Equal(TurnPhase.AwaitingTranscript, dialogue.Phase);
    }

    [Fact]
    public void Short_pauses_do_not_add_up_to_the_end_of_speech()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Forget().Voice("....#....#....#....#....");
        Assert.Equal("", dialogue.Commands());
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
        dialogue.Voice("...");
        Assert.Equal(TurnPhase.Pausing, dialogue.Phase);
    }

    [Fact]
    public void A_sound_too_short_for_speech_lets_the_pause_end_also_without_its_final()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Final("i need a table for").Voice("###").Silence(96);
        Assert.Equal(TurnPhase.Pausing, dialogue.Phase);
        dialogue.Wait(5000);
        Assert.Equal("i need a table for", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void A_pause_before_another_turn_is_none_inside_this_one()
    {
        // One pause inside the first turn; then an interruption that is decided before its sound is surely speech.
        Dialogue dialogue = new Dialogue().Speak(400).Silence(320).Speak(400).Silence(224).Final("a table").Final("a table for two please").Wait(2600).Played();
        dialogue.Silence(3000).Voice("##").Partial("excuse me please").Speak(400).Silence(224);
        dialogue.Forget().Final("where can i park my car please").Tell(TurnFact.ProviderEndOfTurn(dialogue.Last(TurnCommandKind.EndUtterance).Utterance, 0.75f)).Wait(2600);
        TurnCommand reply = dialogue.Last(TurnCommandKind.StartReply);
        Assert.Equal(599.2, (reply.Decided - reply.SpeechEnd).TotalMilliseconds, 1.0);
    }
}
