using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Tests.TurnTaking;

public sealed class EndOfTurnTests
{
    private static readonly TurnTakerOptions Options = new();

    [Fact]
    public void Speech_ends_after_200_ms_of_silence_and_the_final_is_asked_for()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Voice("......");
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
        dialogue.Voice(".");
        Assert.Equal(TurnPhase.Pausing, dialogue.Phase);
        Assert.Equal(1, dialogue.Last(TurnCommandKind.EndUtterance).Utterance);
    }

    [Fact]
    public void Silence_in_between_the_thresholds_still_ends_speech()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Voice(".------");
        Assert.Equal(TurnPhase.Pausing, dialogue.Phase);
    }

    [Theory]
    [InlineData("Can I book a table?", 300, 310)]
    [InlineData("yes please", 300, 300)]
    [InlineData("what time do you open", 350, 700)]
    [InlineData("what time do you", 950, 1050)]
    [InlineData("i'd like to book a table for tomorrow night", 350, 900)]
    [InlineData("i'd like to book a", 2200, 2500)]
    [InlineData("my name is", 950, 1050)]
    [InlineData("my name is john", 500, 600)]
    [InlineData("five five", 900, 1050)]
    [InlineData("i would like to book a table for", 2200, 2500)]
    [InlineData("he is more respectable than he was", 900, 1100)]
    [InlineData("the second one and", 2200, 2500)]
    [InlineData("i want um", 2200, 2500)]
    [InlineData("well, I think...", 2000, 2500)]
    public void The_delay_follows_from_how_complete_the_text_looks(string text, int min, int max)
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Final(text).Wait(3000);
        double delay = (dialogue.TimeOf(TurnCommandKind.StartReply) - dialogue.Last(TurnCommandKind.StartReply).SpeechEnd).TotalMilliseconds;
        Assert.InRange(delay, min, max);
    }

    [Fact]
    public void Silence_that_passed_counts()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Partial("yes please");
        dialogue.Wait(500);
        Assert.Equal(TurnPhase.AwaitingTranscript, dialogue.Phase);
        dialogue.Final("yes please");
        // The delay was over long ago: nothing is waited for twice.
        Assert.Equal(dialogue.Now, dialogue.TimeOf(TurnCommandKind.StartReply));
    }

    [Fact]
    public void A_turn_does_not_end_in_a_window_that_may_begin_speech()
    {
        // Due 1 s after speech: the voice has just begun to show, and becomes speech.
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Final("what time do you").Silence(740).Voice("--");
        Assert.Equal((TurnPhase.Pausing, TurnPhase.Hearing), (dialogue.Phase, dialogue.Voice("##").Phase));
        // A sound that becomes nothing lets the turn end 100 ms later, not never.
        dialogue.Speak(400).Silence(224).Final("what time do you").Silence(740).Voice("---");
        Assert.Equal((TurnPhase.Pausing, 0), (dialogue.Phase, dialogue.Count(TurnCommandKind.CommitTurn)));
        Assert.Equal(1, dialogue.Voice("---").Count(TurnCommandKind.CommitTurn));
    }

    [Fact]
    public void Resumed_speech_cancels_the_end_of_the_turn()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Final("a table for two").Voice("..##");
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
        dialogue.Speak(300).Silence(224).Final("at eight please").Wait(2600);
        Assert.Equal("a table for two at eight please", dialogue.Last(TurnCommandKind.CommitTurn).Text);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.StartReply));
        Assert.Equal(1, dialogue.Count(TurnCommandKind.ReportUserStarted));
    }

    [Fact]
    public void A_cough_in_the_pause_delays_the_end_only_while_it_lasts()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Final("yes please").Voice("##");
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
        dialogue.Voice("...").Final("");
        Assert.Equal(TurnPhase.Thinking, dialogue.Phase);
        Assert.Equal("yes please", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void After_a_sound_in_the_pause_the_caller_has_time_to_go_on()
    {
        // Due 0.6 s after speech; a breath ends 0.58 s after it.
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Final("what time do you open").Silence(256).Voice("###").Voice("...").Final("");
        Assert.Equal(TurnPhase.Pausing, dialogue.Phase);
        Assert.Equal(TurnPhase.Hearing, dialogue.Voice("...##").Phase);
        // Who does not go on is answered 0.3 s after the sound.
        dialogue.Voice("...").Final("").Silence(160);
        Assert.Equal(TurnPhase.Pausing, dialogue.Phase);
        Assert.Equal(TurnPhase.Thinking, dialogue.Silence(64).Phase);
    }

    [Fact]
    public void Words_in_a_short_sound_are_the_end_of_the_turn()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Final("i want to go to the").Silence(320).Voice("####").Voice("...").Final("bank please.");
        Assert.Equal(TurnPhase.Thinking, dialogue.Silence(320).Phase);
        Assert.Equal("i want to go to the bank please.", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void Speech_without_words_behind_words_is_a_hesitation()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Final("what time do you open").Voice("##########").Silence(224).Final("").Silence(700);
        Assert.Equal(TurnPhase.Pausing, dialogue.Phase);
        Assert.Equal(TurnPhase.Thinking, dialogue.Silence(150).Phase);
        // Unless everything was said.
        dialogue = new Dialogue().Speak(400).Silence(224).Final("yes please").Voice("##########").Silence(224).Final("");
        Assert.Equal(TurnPhase.Thinking, dialogue.Silence(96).Phase);
    }

    [Fact]
    public void A_final_that_completes_the_sentence_shortens_the_delay()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Partial("i want the").Wait(600);
        Assert.Equal(TurnPhase.Pausing, dialogue.Phase);
        dialogue.Final("I want the soup.");
        Assert.Equal(TurnPhase.Thinking, dialogue.Phase);
    }

    [Fact]
    public void The_final_is_awaited_no_longer_than_it_usually_takes()
    {
        var dialogue = new Dialogue();
        for (int turn = 0; turn < 5; turn++)
            dialogue.Speak(400).Silence(224).Partial("yes").Wait(300).Final("yes").Played().Finished();
        dialogue.Speak(400).Silence(224).Partial("yes please").Forget().Wait(1000);
        Assert.Equal("yes please", dialogue.Last(TurnCommandKind.CommitTurn).Text);
        TurnCommand reply = dialogue.Last(TurnCommandKind.StartReply);
        // P95 of 300 ms with a quarter's margin, from the moment the final was asked for (224 ms after the speech).
        Assert.InRange((dialogue.TimeOf(TurnCommandKind.StartReply) - reply.SpeechEnd).TotalMilliseconds, 224 + 360, 224 + 390);
    }

    [Fact]
    public void Before_anything_was_learned_the_final_is_awaited_for_its_upper_bound()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Partial("yes please").Wait(1400);
        Assert.Equal(TurnPhase.AwaitingTranscript, dialogue.Phase);
        dialogue.Wait(200);
        Assert.Equal(TurnPhase.Thinking, dialogue.Phase);
    }

    [Fact]
    public void A_recogniser_without_partials_is_given_more_time()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Wait(3500);
        Assert.Equal(TurnPhase.AwaitingTranscript, dialogue.Phase);
        dialogue.Final("here I am");
        Assert.Equal("here I am", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void Commit_says_first_what_was_understood_then_that_the_turn_is_over_then_replies()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Partial("yes please").Wait(200).Forget().Final("yes please");
        Assert.Equal("ReportTranscript ReportUserStopped CommitTurn StartReply", dialogue.Commands());
        Assert.True(dialogue.Last(TurnCommandKind.ReportTranscript).IsFinal);
        Assert.False(dialogue.Last(TurnCommandKind.CommitTurn).Typed);
        Assert.True(dialogue.Last(TurnCommandKind.StartReply).Spoken);
    }

    [Fact]
    public void Resumed_speech_while_the_final_is_awaited_goes_on_with_the_turn()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Partial("yes please").Wait(300).Voice("##");
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
        Assert.Equal([AgentState.Listening, AgentState.Thinking, AgentState.Listening], dialogue.States);
    }

    [Fact]
    public void Short_speech_without_words_is_passed_over()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Forget().Final("");
        Assert.Equal("ReportUserStopped ReportNoWords", dialogue.Commands());
        Assert.Equal(TurnPhase.Listening, dialogue.Phase);
    }

    [Fact]
    public void Long_speech_without_words_is_asked_about_once()
    {
        Dialogue dialogue = new Dialogue().Speak(1600).Silence(224).Final("").Final("");
        Assert.Equal(TurnPhrase.NotUnderstood, dialogue.Last(TurnCommandKind.Say).Phrase);
        dialogue.Played().Finished().Forget().Speak(1600).Silence(224).Final("").Final("");
        Assert.Equal(0, dialogue.Count(TurnCommandKind.Say));
        Assert.Equal(TurnPhase.Listening, dialogue.Phase);
    }

    [Fact]
    public void A_final_that_never_comes_leaves_no_turn_open()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Wait(6000);
        Assert.Equal(TurnPhase.Listening, dialogue.Phase);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.ReportNoWords));
    }

    [Fact]
    public void A_late_final_of_a_committed_turn_changes_nothing()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Partial("yes please").Wait(2000).Forget();
        dialogue.Final("yes please thanks");
        Assert.Equal("", dialogue.Commands());
        Assert.Equal(TurnPhase.Thinking, dialogue.Phase);
    }

    [Fact]
    public void A_failing_recogniser_lets_the_turn_end_with_what_is_known()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Partial("yes please").Wait(300).Tell(TurnFact.RecognizerLost());
        Assert.Equal("yes please", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void A_failing_recogniser_is_given_the_rest_of_the_speech_as_a_new_utterance()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Partial("a table").Forget().Tell(TurnFact.RecognizerLost());
        Assert.Equal("EndUtterance OpenUtterance", dialogue.Commands());
        dialogue.Speak(200).Silence(224).Final("for two").Wait(2600);
        Assert.Equal("a table for two", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void The_wait_for_finals_is_the_95th_percentile_with_a_quarters_margin()
    {
        var wait = new FinalWait(Options.MinFinalWait, Options.MaxFinalWait);
        // Of twenty finals one is slower than the 19th, which is the percentile.
        for (int i = 1; i <= 20; i++)
            wait.Add(TimeSpan.FromMilliseconds(i == 20 ? 1400 : 200 + (i * 10)));
        Assert.Equal(1.25 * (200 + 190), wait.Limit.TotalMilliseconds, 0.1);
    }

    [Fact]
    public void The_wait_for_finals_is_bounded_both_ways()
    {
        var wait = new FinalWait(Options.MinFinalWait, Options.MaxFinalWait);
        Assert.Equal(Options.MaxFinalWait, wait.Limit);
        for (int i = 0; i < 40; i++)
            wait.Add(TimeSpan.FromMilliseconds(2));
        Assert.Equal(Options.MinFinalWait, wait.Limit);
        for (int i = 0; i < 40; i++)
            wait.Add(TimeSpan.FromSeconds(9));
        Assert.Equal(Options.MaxFinalWait, wait.Limit);
    }
}
