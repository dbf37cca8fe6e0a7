using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Tests.TurnTaking;

public sealed class EchoTests
{
    private const string Spoken = "we are open from tuesday to sunday from noon to ten";

    [Fact]
    public void A_sound_explained_by_what_was_played_does_not_hold_the_agent()
    {
        Dialogue dialogue = Speaking().WithEcho(0.9f).Speak(900).Silence(224);
        Assert.Equal("OpenUtterance EndUtterance", dialogue.Commands());
        dialogue.Forget().Final(Spoken);
        Assert.Equal("", dialogue.Commands());
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
    }

    [Fact]
    public void A_caller_who_speaks_into_the_echo_holds_the_agent_as_soon_as_it_shows()
    {
        Dialogue dialogue = Speaking().WithEcho(0.9f).Speak(200).WithEcho(0.1f).Speak(96);
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
        dialogue.Speak(160);
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
        dialogue.Partial("wait please");
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
    }

    [Fact]
    public void A_sound_too_short_for_speech_that_goes_over_into_the_echo_was_its_beginning()
    {
        Dialogue dialogue = Speaking().Voice("##").WithEcho(0.9f).Silence(128).Final("what").Silence(320);
        Assert.Equal("OpenUtterance HoldPlayout EndUtterance ReleasePlayout", dialogue.Commands());
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
    }

    [Fact]
    public void Words_of_a_caller_interrupt_through_the_echo()
    {
        Dialogue dialogue = Speaking().WithEcho(0.9f).Speak(300).Partial("stop i have a question");
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.CancelReply));
    }

    [Fact]
    public void Words_just_spoken_are_an_echo_although_they_hold_the_agent()
    {
        Dialogue dialogue = Speaking().Speak(320).Partial("open from tuesday to sunday").Speak(320);
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
        dialogue.Silence(224).Final("open from tuesday to sunday");
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
        Assert.Equal(0, dialogue.Count(TurnCommandKind.CancelReply));
    }

    [Fact]
    public void An_echo_that_was_taken_for_a_caller_lets_the_agent_go_on_when_it_shows()
    {
        Dialogue dialogue = Speaking().Speak(96);
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
        dialogue.WithEcho(1).Speak(400);
        Assert.Equal(TurnPhase.Speaking, dialogue.Phase);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.ReleasePlayout));
    }

    [Fact]
    public void A_caller_may_repeat_a_few_words_of_the_agent()
    {
        Dialogue dialogue = Speaking().Speak(320).Partial("from noon");
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
    }

    [Fact]
    public void The_tail_of_the_agents_own_voice_is_no_turn()
    {
        Dialogue dialogue = Speaking().WithEcho(0.8f).Speak(200).Finished().Speak(200);
        Assert.Equal(TurnPhase.Listening, dialogue.Phase);
        dialogue.Silence(224).Final("from noon to ten");
        Assert.Equal(TurnPhase.Listening, dialogue.Phase);
        Assert.Equal(0, dialogue.Count(TurnCommandKind.ReportUserStarted));
    }

    [Fact]
    public void A_turn_that_repeats_what_the_agent_just_said_over_it_is_an_echo()
    {
        Dialogue dialogue = Speaking().Finished().Silence(300).Speak(800).Silence(224).Final("to sunday from noon to ten").Silence(2500);
        Assert.Equal(0, dialogue.Count(TurnCommandKind.CommitTurn));
        Assert.Equal(1, dialogue.Count(TurnCommandKind.ReportNoWords));
        Assert.Equal(TurnPhase.Listening, dialogue.Phase);
    }

    [Fact]
    public void Who_repeats_the_agent_later_is_answered()
    {
        Dialogue dialogue = Speaking().Finished().Silence(1500).Speak(800).Silence(224).Final("from noon to ten on sunday").Silence(2500);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.CommitTurn));
    }

    [Fact]
    public void A_recogniser_with_partials_that_gives_none_is_believed_for_longer()
    {
        Dialogue dialogue = new Dialogue().Speak(400).Partial("what time").Silence(224).Final("what time is it").Wait(2600).Played().Silence(500);
        dialogue.Speak(900);
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
        dialogue.Speak(128);
        Assert.Equal(TurnPhase.Hearing, dialogue.Phase);
    }

    private static Dialogue Speaking() => new Dialogue().UntilSpeaking().Plays(Spoken).Silence(500).Plays("in the evening").Forget();

    [Fact]
    public void A_few_words_of_the_agent_behind_its_speech_are_an_echo_where_the_sound_points_the_same_way()
    {
        foreach (bool echo in new[] { true, false })
        {
            Dialogue dialogue = Speaking().Finished().Forget().WithEcho(echo ? 0.4f : 0).Speak(400).Silence(224).Final("from noon").Wait(2600);
            Assert.Equal(echo ? 0 : 1, dialogue.Count(TurnCommandKind.CommitTurn));
            Assert.Equal(echo, dialogue.Count(TurnCommandKind.ReportNoWords) == 1 && dialogue.Last(TurnCommandKind.ReportNoWords).Echo);
        }
    }

    [Fact]
    public void Who_repeats_the_agent_when_it_has_long_finished_is_answered()
    {
        Dialogue dialogue = Speaking().Finished().Silence(1500).Forget().Speak(900).Silence(224).Final(Spoken).Wait(2600);
        Assert.Equal(Spoken, dialogue.Last(TurnCommandKind.CommitTurn).Text);
    }

    [Fact]
    public void A_sound_that_is_only_half_explained_holds_the_agent_at_once()
    {
        Dialogue dialogue = Speaking().WithEcho(0.5f).Voice("#");
        Assert.Equal(TurnPhase.Contested, dialogue.Phase);
    }

    [Fact]
    public void An_echo_does_not_make_the_next_short_word_one()
    {
        Dialogue dialogue = Speaking().WithEcho(0.9f).Speak(600).Silence(320).Final(Spoken).WithEcho(0).Forget();
        dialogue.Voice("####").Silence(96).Final("wait", 0.9f);
        Assert.Equal(1, dialogue.Count(TurnCommandKind.CancelReply));
    }
}
