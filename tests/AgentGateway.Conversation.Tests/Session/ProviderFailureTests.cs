using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Session;
using AgentGateway.Conversation.Speech;
using AgentGateway.Testing.Conversation;

namespace AgentGateway.Conversation.Tests.Session;

public sealed class ProviderFailureTests
{
    private const string Apology = "I am sorry, I can not answer right now. Please try again in a moment.";

    [Fact]
    public void A_model_that_is_down_leads_to_an_apology()
    {
        using Call call = Call.Start();
        call.Model.Reply(new HttpRequestException("refused")).Reply("Now I can.");
        call.Session.PushText("hello");
        call.Await<AgentSpeechStopped>();
        Assert.Equal("llm_unavailable", call.Single<ConversationFault>().Code);
        Assert.DoesNotContain("refused", call.Single<ConversationFault>().Message, StringComparison.Ordinal);
        Assert.Equal(Apology, call.HeardText);
        call.Session.PushText("and now?");
        call.Await<AgentSpeechStopped>(2);
        Assert.EndsWith("Now I can.", call.HeardText, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_is_slow_is_given_up_at_its_deadline()
    {
        using Call call = Call.Start();
        call.Model.Reply(TimeSpan.FromSeconds(60), "Too late.");
        call.Session.PushText("hello");
        TimeSpan asked = call.Time.Elapsed;
        call.Await<ConversationFault>();
        Assert.Equal(8, (call.Time.Elapsed - asked).TotalSeconds, 0.1);
        call.Await<AgentSpeechStopped>();
        Assert.Equal(("llm_timeout", 1), (call.Single<ConversationFault>().Code, call.Model.Cancelled));
        Assert.Equal("One moment, please. " + Apology, call.HeardText);
    }

    [Fact]
    public void A_model_that_ignores_its_token_is_left_behind()
    {
        using Call call = Call.Start();
        call.Model.Reply(new TaskCompletionSource().Task);
        call.Session.PushText("hello");
        call.Await<AgentSpeechStopped>();
        Assert.Equal("One moment, please. " + Apology, call.HeardText);
        Assert.Equal(ConversationEndReason.CallerHungUp, call.HangUp());
    }

    [Theory]
    [InlineData("")]
    [InlineData("   \n")]
    [InlineData("*** 😀 ---")]
    public void A_model_that_answers_nonsense_leads_to_an_apology(string answer)
    {
        using Call call = Call.Start();
        call.Model.Reply(answer);
        call.Session.PushText("hello");
        call.Await<AgentSpeechStopped>();
        Assert.Equal("llm_empty", call.Single<ConversationFault>().Code);
        Assert.Equal(Apology, call.HeardText);
    }

    [Fact]
    public void The_fallback_answers_before_the_apology_does()
    {
        using Call call = Call.Start(context => context with { FallbackChatClient = new ScriptedChatClient(context.TimeProvider).Reply("From my notes.") });
        call.Model.Reply(new HttpRequestException("refused"));
        call.Session.PushText("hello");
        call.Await<AgentSpeechStopped>();
        Assert.Equal("From my notes.", call.HeardText);
    }

    [Fact]
    public void A_model_that_breaks_off_is_heard_as_far_as_it_came()
    {
        using Call call = Call.Start();
        call.Model.Reply("We open at nine. We cl", new IOException("reset")).Reply("Yes.");
        call.Session.PushText("hello");
        call.Await<AgentSpeechStopped>();
        Assert.Equal("llm_unavailable", call.Single<ConversationFault>().Code);
        Assert.Equal("We open at nine.", call.HeardText);
    }

    [Fact]
    public void A_voice_that_is_down_leaves_the_text()
    {
        using Call call = Call.Start();
        call.Synthesizer.Failing = "*";
        call.Model.Reply("One. Two. Three.").Reply("Yes.");
        call.Session.PushText("count");
        call.Await<ReplyTextCompleted>();
        call.Run(500);
        Assert.Equal("tts_unavailable", call.Single<ConversationFault>().Code);
        Assert.Equal(["One.", "Two.", "Three."], call.Events.OfType<SegmentQueued>().Select(e => e.Text));
        Assert.Equal(AgentState.Listening, call.Events.OfType<AgentStateChanged>().Last().State);
        call.Session.PushText("again");
        call.Run(500);
        Assert.Contains("One. Two. Three.", call.Model.Requests[1].Select(m => m.Text));
    }

    [Fact]
    public void A_voice_that_fails_on_one_sentence_speaks_the_others()
    {
        using Call call = Call.Start();
        call.Synthesizer.Failing = "Two.";
        call.Model.Reply("One. Two. Three.");
        call.Session.PushText("count");
        call.Await<AgentSpeechStopped>();
        Assert.Equal("One. Three.", call.HeardText);
    }

    [Fact]
    public void A_voice_that_hangs_is_given_up()
    {
        using Call call = Call.Start(context => context with { Limits = new ProviderLimits { FirstAudio = TimeSpan.FromSeconds(2) } });
        call.Synthesizer.Hangs = true;
        call.Model.Reply("One.");
        call.Session.PushText("count");
        call.Run(2500);
        Assert.Equal("tts_unavailable", call.Single<ConversationFault>().Code);
        Assert.Equal(AgentState.Listening, call.Events.OfType<AgentStateChanged>().Last().State);
        Assert.Equal(ConversationEndReason.CallerHungUp, call.HangUp());
    }

    [Fact]
    public void A_recogniser_that_cannot_be_opened_is_tried_again_while_the_agent_speaks()
    {
        using var call = new Call(greeting: "Hello.");
        call.Recognizer.FailingOpens = 2;
        call.Model.Reply("Yes.");
        call.Begin();
        call.Await<AgentSpeechStopped>();
        Assert.Equal("Hello.", call.HeardText);
        call.Run(2000);
        Assert.Equal(["stt_unavailable", "stt_unavailable"], call.Events.OfType<ConversationFault>().Select(e => e.Code));
        Assert.Equal(1, call.Recognizer.Opened);
        call.Say("do you hear me").Play();
        call.Await<AgentSpeechStopped>(2);
        Assert.Equal("do you hear me", call.Single<UserTurnCommitted>().Text);
    }

    [Fact]
    public void A_recogniser_that_breaks_in_a_turn_goes_on_with_it()
    {
        using Call call = Call.Start();
        call.Model.Reply("Yes.");
        call.Say("one two three four five six seven eight");
        call.Run(1000);
        call.Recognizer.FailNextWrite = true;
        call.Play();
        call.Await<AgentSpeechStopped>();
        Assert.Equal("stt_unavailable", call.Single<ConversationFault>().Code);
        Assert.Equal(2, call.Recognizer.Opened);
        string text = call.Single<UserTurnCommitted>().Text;
        Assert.StartsWith("one two three", text, StringComparison.Ordinal);
        Assert.EndsWith("seven eight", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recogniser_that_never_finishes_does_not_hold_up_the_turn()
    {
        using Call call = Call.Start();
        call.Recognizer.WithholdFinals = true;
        call.Model.Reply("Yes.");
        call.Say("yes please").Play();
        call.Await<AgentSpeechStopped>(milliseconds: 3000);
        Assert.Equal("yes please", call.Single<UserTurnCommitted>().Text);
    }

    [Fact]
    public void Voice_activity_that_breaks_ends_the_conversation_and_says_so()
    {
        using Call call = Call.Start();
        call.Voice.Failure = new InvalidOperationException("boom");
        call.Say("hello").Play();
        Assert.Equal(ConversationEndReason.Failed, call.End());
        Assert.True(call.Single<ConversationFault>().Fatal);
        Assert.IsType<ConversationEnded>(call.Events[^1]);
    }

    [Fact]
    public void An_observer_that_does_not_read_does_not_stop_the_conversation()
    {
        using Call call = Call.Start();
        call.Model.Reply([.. Enumerable.Repeat("word ", 2000)]);
        call.Deaf = true;
        call.Session.PushText("talk");
        call.Run(8_000);
        Assert.NotEmpty(call.HeardWords);
        Assert.True(call.Session.DroppedEvents > 0);
        call.Deaf = false;
        Assert.Equal(ConversationEndReason.CallerHungUp, call.HangUp());
    }

    [Fact]
    public void What_another_voice_said_is_not_kept_as_a_fixed_phrase()
    {
        var phrases = new PhraseCache();
        using (var call = new Call(context => context with { Phrases = phrases }, greeting: "Good morning."))
        {
            call.Synthesizer.IsSubstitute = true;
            call.Begin();
            call.Await<AgentSpeechStopped>();
            Assert.Equal(("Good morning.", 0), (call.HeardText, phrases.Bytes));
        }

        using Call next = Call.Start(context => context with { Phrases = phrases }, greeting: "Good morning.");
        next.Await<AgentSpeechStopped>();
        Assert.True(phrases.Bytes > 0);
    }

    [Fact]
    public void The_phrase_cache_is_bounded()
    {
        var cache = new PhraseCache(maxBytes: 1000);
        for (int i = 0; i < 10; i++)
            cache.Add("v", new Ports.SpeechRequest($"text {i}"), new SpokenPhrase(new short[150], []));
        Assert.Equal(900, cache.Bytes);
        Assert.NotNull(cache.Find("v", new Ports.SpeechRequest("text 9")));
        Assert.Null(cache.Find("v", new Ports.SpeechRequest("text 6")));
        Assert.Null(cache.Find("other", new Ports.SpeechRequest("text 9")));
        cache.Add("v", new Ports.SpeechRequest("huge"), new SpokenPhrase(new short[501], []));
        Assert.Equal(900, cache.Bytes);
    }
}
