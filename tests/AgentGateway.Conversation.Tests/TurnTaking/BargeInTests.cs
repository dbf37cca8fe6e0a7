using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Tests.TurnTaking;

public sealed class BargeInTests
{
    [Fact]
    public void Playout_is_held_within_100_ms_of_an_onset()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Forget();
        var before = dialogue.Now;
        dialogue.Voice("###");
        Assert.Equal("OpenUtterance HoldPlayout", dialogue.Commands());
        Assert.InRange((dialogue.TimeOf(TurnCommandKind.HoldPlayout) - before).TotalMilliseconds, 1, 100);
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
    }

    [Fact]
    public void One_window_that_is_surely_speech_holds_the_agent_and_opens_no_turn()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Forget().Voice("#");
        Assert.Equal("OpenUtterance HoldPlayout", dialogue.Commands());
        Dialogue listening = new Dialogue().Silence(500).Forget().Voice("#");
        Assert.Equal("", listening.Commands());
    }

    [Fact]
    public void A_cough_lets_the_agent_go_on_300_ms_after_it()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Forget().Voice("####");
        var end = dialogue.Now;
        dialogue.Silence(320);
        Assert.Equal("OpenUtterance HoldPlayout EndUtterance ReleasePlayout", dialogue.Commands());
        Assert.Equal(300, (dialogue.TimeOf(TurnCommandKind.ReleasePlayout) - end).TotalMilliseconds);
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
        dialogue.Forget().Final("");
        Assert.Equal("", dialogue.Commands());
    }

    // 'excuse me' in noise: a soft beginning, a silence, and the word. '=' is 0.2.
    [Theory]
    [InlineData("-.-", 1)]
    [InlineData("=====", 1)]
    [InlineData("-", 0)]
    [InlineData("=...=...=", 0)]
    public void What_may_become_speech_holds_the_agent_and_nothing_else(string sounds, int held)
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Forget().Voice(sounds);
        Assert.Equal(held == 1 ? "HoldPlayout" : "", dialogue.Commands());
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
        var before = dialogue.Now;
        dialogue.Silence(320);
        Assert.Equal(held == 1 ? "HoldPlayout ReleasePlayout" : "", dialogue.Commands());
        if (held == 1)
            Assert.InRange((dialogue.TimeOf(TurnCommandKind.ReleasePlayout) - before).TotalMilliseconds, 200, 300);
    }

    [Fact]
    public void What_becomes_speech_after_all_finds_the_agent_silent()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Forget().Voice("=====..##").Final("");
        Assert.Equal("HoldPlayout OpenUtterance", dialogue.Commands());
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
        dialogue.Speak(320).Partial("excuse me");
        Assert.Equal(0, dialogue.Count(TurnCommandKind.OpenUtterance) - 1);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.CancelReply));
        Assert.Equal(1, dialogue.Count(TurnCommandKind.ReleasePlayout));
    }

    [Fact]
    public void A_noise_that_may_be_speech_for_ever_mutes_the_agent_once_in_3_s()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Forget().Voice(new string('=', 280));
        Assert.Equal(3, dialogue.Count(TurnCommandKind.HoldPlayout));
        Assert.Equal(3, dialogue.Count(TurnCommandKind.ReleasePlayout));
        Assert.Equal("", dialogue.Commands(TurnCommandKind.HoldPlayout, TurnCommandKind.ReleasePlayout));
    }

    // "can you repeat that", of which noise leaves "can" and, 400 ms later, "repeat".
    [Theory]
    [InlineData("and", 0)]
    [InlineData("", 1)]
    public void A_word_in_a_short_sound_keeps_the_agent_silent_for_420_ms(string text, int released)
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(128).Silence(128).Final(text, 0.3f).Forget().Silence(224);
        Assert.Equal(released, dialogue.Count(TurnCommandKind.ReleasePlayout));
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
        dialogue.Silence(96);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.ReleasePlayout));
    }

    [Fact]
    public void What_follows_such_a_word_is_judged_by_itself()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(128).Silence(128).Final("and", 0.3f).Silence(224).Forget().Voice("##");
        Assert.Equal("OpenUtterance", dialogue.Commands());
        dialogue.Silence(128).Final("yeah").Silence(320);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.ReleasePlayout));
        Assert.Equal(0, dialogue.Count(TurnCommandKind.CancelReply));
    }

    [Fact]
    public void What_may_become_speech_holds_no_agent_that_must_be_heard_and_none_that_thinks()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Reply(TurnFactKind.Uninterruptible).Forget().Voice("=====");
        Assert.Equal("", dialogue.Commands());
        Dialogue held = new Dialogue().UntilSpeaking().Silence(500).Voice("=====").Forget().Reply(TurnFactKind.Uninterruptible);
        Assert.Equal("ReleasePlayout", held.Commands());
    }

    [Theory]
    [InlineData(TurnFactKind.ReplyFinished)]
    [InlineData(TurnFactKind.TypedText)]
    public void An_agent_that_was_held_for_a_moment_is_never_left_so(TurnFactKind end)
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Forget().Voice("=====");
        if (end == TurnFactKind.TypedText)
            dialogue.Type("stop that");
        else
            dialogue.Finished();
        Assert.Equal(1, dialogue.Count(TurnCommandKind.ReleasePlayout));
        dialogue.Silence(500);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.ReleasePlayout));
    }

    [Fact]
    public void A_silence_inside_a_word_does_not_let_the_agent_go_on()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Forget().Voice("### ......").Final("").Silence(64).Speak(400).Partial("ex").Speak(64);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.HoldPlayout));
        Assert.Equal(0, dialogue.Count(TurnCommandKind.ReleasePlayout));
        dialogue.Partial("excuse me");
        Assert.Equal(1, dialogue.Count(TurnCommandKind.CancelReply));
    }

    [Theory]
    [InlineData("yet", 0.6f)]
    [InlineData("cheer", 0.35f)]
    [InlineData("the kid", 0.25f)]
    [InlineData("all okay", 0.28f)]
    public void A_short_sound_that_was_misheard_for_a_back_channel_lets_the_agent_go_on(string text, float confidence)
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(520).Silence(224).Forget().Final(text, confidence);
        Assert.Equal("ReleasePlayout", dialogue.Commands());
    }

    [Theory]
    [InlineData("yet", 0.95f)]
    [InlineData("the kid", 0.7f)]
    [InlineData("Tuesday", 0.3f)]
    [InlineData("how much", 0.45f)]
    [InlineData("too expensive", 0.25f)]
    [InlineData("stop", 0.2f)]
    public void A_short_word_that_was_well_heard_or_sounds_like_no_back_channel_interrupts(string text, float confidence)
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(320).Silence(224).Forget().Final(text, confidence);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.CancelReply));
    }

    [Theory]
    [InlineData("weight")]
    [InlineData("top")]
    public void A_short_sound_that_was_misheard_for_a_word_that_takes_the_floor_interrupts(string text)
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(160).Silence(128).Forget().Final(text, 0.2f);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.CancelReply));
    }

    // "what", of which the recogniser makes "but"; what it makes of "uh-huh" is the same, and it is less sure of it.
    [Theory]
    [InlineData("but", 0.6f, 320, 1)]
    [InlineData("but", 0.4f, 320, 0)]
    [InlineData("but", 0.6f, 160, 0)]
    [InlineData("but", 0.25f, 320, 0)]
    [InlineData("a", 0.3f, 320, 0)]
    public void A_word_that_says_nothing_interrupts_when_it_was_surely_heard(string text, float confidence, int length, int cancelled)
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(length).Silence(224).Forget().Final(text, confidence).Silence(200);
        Assert.Equal(cancelled, dialogue.Count(TurnCommandKind.CancelReply));
    }

    [Fact]
    public void A_short_word_that_says_nothing_interrupts_when_it_is_said_again()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(160).Silence(224).Final("but", 0.4f).Silence(500).Forget();
        dialogue.Speak(160).Silence(128).Final("but", 0.4f);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.CancelReply));
    }

    [Fact]
    public void What_sounds_like_a_back_channel_interrupts_when_it_is_long()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(640).Partial("the kid", 0.25f).Speak(320);
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
        dialogue.Speak(96);
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
    }

    // In noise the voice activity model lets go late: '-' is 0.4.
    [Fact]
    public void The_length_of_a_nod_is_that_of_what_was_surely_speech()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(640).Partial("and likely", 0.25f).Speak(256).Voice("-------").Forget();
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
        dialogue.Silence(224).Final("exact lee", 0.25f);
        Assert.Equal("EndUtterance ReleasePlayout", dialogue.Commands());
        Dialogue spoken = new Dialogue().UntilSpeaking().Silence(500).Speak(640).Partial("and likely", 0.25f).Speak(480);
        Assert.Equal(1, spoken.Count(TurnCommandKind.CancelReply));
    }

    [Theory]
    [InlineData(500, 0)]
    [InlineData(1000, 1)]
    public void The_longer_a_sound_is_the_nearer_it_has_to_be_to_a_back_channel(int length, int cancelled)
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(320).Partial("the", 0.25f).Speak(length - 320).Silence(224).Forget().Final("the kid", 0.25f);
        Assert.Equal(cancelled, dialogue.Count(TurnCommandKind.CancelReply));
    }

    [Theory]
    [InlineData("no")]
    [InlineData("make it right now")]
    public void What_is_half_heard_and_would_take_the_floor_is_waited_for_while_it_may_be_a_nod(string text)
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(640).Partial(text, 0.4f).Speak(160);
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
        dialogue.Silence(224).Forget().Final("no problem", 0.4f);
        Assert.Equal("ReleasePlayout", dialogue.Commands());
    }

    [Fact]
    public void Unsure_words_decide_when_no_final_comes_in_time()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(640).Partial("too expensive", 0.4f).Speak(64).Silence(224);
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
        dialogue.Wait(800);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.CancelReply));
    }

    // "sorry", twice.
    [Theory]
    [InlineData(1000, true)]
    [InlineData(2400, true)]
    [InlineData(3400, false)]
    public void Who_was_not_understood_and_says_it_again_interrupts(int after, bool interrupts)
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(320).Silence(224).Final("so it", 0.2f);
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
        dialogue.Silence(after).Speak(320).Silence(224).Final("so it", 0.2f);
        Assert.Equal(interrupts ? 1 : 0, dialogue.Count(TurnCommandKind.CancelReply));
    }

    [Fact]
    public void Who_nods_twice_does_not_interrupt()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(320).Silence(224).Final("so it", 0.2f);
        dialogue.Silence(500).Speak(320).Silence(224).Final("yeah", 0.2f).Silence(500).Speak(320).Silence(224).Final("", 0.2f);
        Assert.Equal(0, dialogue.Count(TurnCommandKind.CancelReply));
    }

    [Fact]
    public void What_the_recogniser_is_not_sure_of_is_heard_to_its_end_while_it_is_short()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(560).Partial("they're look", 0.4f).Speak(32);
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
        dialogue.Silence(224).Forget().Final("okay", 0.4f);
        Assert.Equal("ReleasePlayout", dialogue.Commands());
    }

    [Theory]
    [InlineData("late late")]
    [InlineData("with")]
    public void Words_that_take_the_floor_are_found_in_what_the_recogniser_made_of_them(string text)
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(320).Silence(224).Forget().Final(text, 0.25f);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.CancelReply));
    }

    // Quiet speech, or speech in noise: 0.4, over the level that ends speech and under the one that begins it.
    [Fact]
    public void What_may_be_speech_holds_the_agent_and_opens_no_turn()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Forget().Voice("--");
        Assert.Equal("OpenUtterance HoldPlayout", dialogue.Commands());
        Dialogue listening = new Dialogue().Silence(500).Forget().Voice("----------");
        Assert.Equal("", listening.Commands());
    }

    [Fact]
    public void The_beginning_of_a_back_channel_is_waited_for()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(560).Partial("all").Speak(64);
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
        dialogue.Silence(224).Forget().Final("all right");
        Assert.Equal("ReleasePlayout", dialogue.Commands());
    }

    [Fact]
    public void One_word_found_in_a_sound_too_short_for_speech_does_not_interrupt()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(128).Partial("people").Silence(128).Final("people").Silence(320);
        Assert.Equal(0, dialogue.Count(TurnCommandKind.CancelReply));
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
    }

    [Theory]
    [InlineData("uh-huh")]
    [InlineData("okay")]
    [InlineData("yeah yeah")]
    [InlineData("Right, I see.")]
    [InlineData("and a")]
    [InlineData("m")]
    [InlineData("well")]
    [InlineData("no problem")]
    [InlineData("that makes sense")]
    [InlineData("oh that's wonderful")]
    [InlineData("thank you very much")]
    [InlineData("")]
    public void A_back_channel_lets_the_agent_go_on(string text)
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(400).Partial(text).Silence(224).Forget().Final(text);
        Assert.Equal("ReleasePlayout", dialogue.Commands());
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
        Assert.Equal(1, dialogue.Turns.Turn);
    }

    [Fact]
    public void Playout_goes_on_within_2_s_although_no_final_comes()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500);
        var onset = dialogue.Now;
        dialogue.Speak(400).Silence(224).Wait(2000);
        Assert.InRange((dialogue.TimeOf(TurnCommandKind.ReleasePlayout) - onset).TotalMilliseconds, 600, 2000);
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
    }

    [Theory]
    [InlineData("what about")]
    [InlineData("wait")]
    [InlineData("okay but tomorrow")]
    [InlineData("no")]
    public void Words_that_take_the_floor_interrupt_at_once(string text)
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(320).Forget().Partial(text);
        Assert.Equal("ReportUserStarted CancelReply ReleasePlayout ReportAgentStopped ReportState ReportTranscript", dialogue.Commands());
        Assert.Equal(1, dialogue.Last(TurnCommandKind.CancelReply).Generation);
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
    }

    [Fact]
    public void One_word_interrupts_after_500_ms_of_speech()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(320).Partial("tomorrow");
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
        dialogue.Speak(192);
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
    }

    [Fact]
    public void Speech_without_any_word_interrupts_after_700_ms()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(670);
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
        dialogue.Speak(32);
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
    }

    [Fact]
    public void Back_channels_that_do_not_end_interrupt_after_1500_ms()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(320).Partial("yeah").Speak(1000);
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
        dialogue.Speak(200);
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
    }

    [Fact]
    public void A_short_word_is_judged_by_its_final()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(320).Silence(224);
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
        dialogue.Final("Tuesday").Wait(2600);
        Assert.Equal("Tuesday", dialogue.Last(TurnCommandKind.CommitTurn).Text);
        Assert.Equal(2, dialogue.Last(TurnCommandKind.StartReply).Generation);
    }

    [Fact]
    public void Words_that_are_recognised_late_still_interrupt()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(400).Silence(224).Wait(1600);
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
        dialogue.Forget().Final("stop that please");
        Assert.Contains(TurnCommandKind.CancelReply, dialogue.Kinds);
        Assert.DoesNotContain(TurnCommandKind.ReleasePlayout, dialogue.Kinds);
        Assert.Equal("stop that please", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void After_an_interruption_the_turn_ends_like_any_other()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(320).Partial("what about").Speak(400)
            .Silence(224).Final("what about tomorrow").Wait(2600);
        Assert.Equal("what about tomorrow", dialogue.Last(TurnCommandKind.CommitTurn).Text);
        Assert.Equal(2, dialogue.Last(TurnCommandKind.StartReply).Turn);
    }

    [Fact]
    public void Speech_over_an_agent_that_thinks_holds_the_answer_back()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Final("yes please").Wait(100).Forget().Voice("##");
        Assert.Equal("OpenUtterance HoldPlayout", dialogue.Commands());
        dialogue.Speak(300).Partial("yes and also").Speak(300).Silence(224).Final("and a table outside").Wait(2600);
        Assert.Equal("and a table outside", dialogue.Last(TurnCommandKind.CommitTurn).Text);
        Assert.Equal(0, dialogue.Count(TurnCommandKind.ReportAgentStopped));
    }

    [Fact]
    public void An_answer_that_was_cancelled_unheard_for_a_noise_is_made_again()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Silence(224).Final("yes please").Wait(100).Forget()
            .Speak(800).Silence(224).Final("").Final("");
        Assert.Equal(1, dialogue.Count(TurnCommandKind.CancelReply));
        TurnCommand again = dialogue.Last(TurnCommandKind.StartReply);
        Assert.Equal((1, 2), (again.Turn, again.Generation));
        Assert.Equal(0, dialogue.Count(TurnCommandKind.CommitTurn));
    }

    [Fact]
    public void An_agent_cut_by_a_noise_asks_again()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Forget().Speak(800).Silence(224).Final("").Final("");
        Assert.Equal(TurnPhrase.NotUnderstood, dialogue.Last(TurnCommandKind.Say).Phrase);
    }

    [Fact]
    public void Without_barge_in_the_agent_finishes_and_then_answers_what_was_said()
    {
        Dialogue dialogue = new Dialogue(new TurnTakerOptions { BargeIn = false }).UntilSpeaking().Silence(500).Forget()
            .Speak(800).Silence(224).Final("tell me about tomorrow").Silence(1000);
        Assert.Equal("OpenUtterance EndUtterance", dialogue.Commands());
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
        dialogue.Finished().Wait(3000);
        Assert.Equal("tell me about tomorrow", dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void Without_barge_in_a_back_channel_is_no_turn()
    {
        Dialogue dialogue = new Dialogue(new TurnTakerOptions { BargeIn = false }).UntilSpeaking().Silence(500)
            .Speak(400).Silence(224).Final("okay").Forget().Finished().Wait(3000);
        Assert.Equal(TurnPhase.Listening, dialogue.Phase);
        Assert.Equal(0, dialogue.Count(TurnCommandKind.CommitTurn));
    }

    [Fact]
    public void The_greeting_can_be_made_uninterruptible()
    {
        var dialogue = new Dialogue(new TurnTakerOptions { GreetingInterruptible = false }, greeting: true);
        dialogue.Played().Speak(800);
        Assert.Equal(0, dialogue.Count(TurnCommandKind.HoldPlayout));
        dialogue.Finished();
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
        dialogue.Speak(100).Silence(224).Final("hello there I have a question").Wait(2600).Played().Silence(100).Voice("##");
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
    }

    [Fact]
    public void A_reply_that_ends_while_it_is_contested_leaves_the_floor_to_the_caller()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(300).Forget().Finished();
        Assert.Equal("ReleasePlayout ReportAgentStopped ReportState ReportUserStarted", dialogue.Commands());
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
    }

    [Fact]
    public void A_second_sound_while_the_first_is_judged_goes_on_with_it()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(320).Silence(224).Voice("##");
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
        dialogue.Speak(300).Partial("tomorrow then").Silence(224).Final("tomorrow then");
        Assert.NotEqual(TurnPhase.Speaking, dialogue.Phase);
        Assert.Equal(2, dialogue.Turns.Turn);
    }

    [Fact]
    public void Audio_that_stops_while_contested_is_judged_like_silence()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Silence(500).Speak(400).Wait(3000);
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
    }

    [Fact]
    public void German_back_channels_are_known()
    {
        Dialogue dialogue = new Dialogue(new TurnTakerOptions { Language = "de-DE" }).UntilSpeaking("wie spät ist es").Silence(500)
            .Speak(400).Silence(224).Forget().Final("ach so, genau");
        Assert.Equal("ReleasePlayout", dialogue.Commands());
        Assert.Equal([], dialogue.States);
    }
}
