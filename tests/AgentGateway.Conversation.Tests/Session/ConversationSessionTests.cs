using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.History;
using AgentGateway.Conversation.Session;
using AgentGateway.Conversation.Speech;
using Microsoft.Extensions.AI;

namespace AgentGateway.Conversation.Tests.Session;

public sealed class ConversationSessionTests
{
    [Fact]
    public void The_greeting_is_spoken_first()
    {
        using Call call = Call.Start(greeting: "Hello there. How can I help?");
        call.Await<AgentSpeechStopped>();
        Assert.Equal("Hello there. How can I help?", call.HeardText);
        Assert.Equal(
            [AgentState.Initializing, AgentState.Thinking, AgentState.Speaking, AgentState.Listening],
            call.Events.OfType<AgentStateChanged>().Select(e => e.State));
        Assert.Equal(0, call.Single<ReplyStarted>().Turn);
    }

    [Fact]
    public void A_question_is_answered()
    {
        using Call call = Call.Start();
        call.Model.Reply("We open at ", "nine. ", "We close at ", "five.").Reply("You are welcome.");
        call.Say("when do you open").Play();
        call.Await<AgentSpeechStopped>();
        Assert.Equal("when do you open", call.Single<UserTurnCommitted>().Text);
        Assert.Equal("We open at nine. We close at five.", call.HeardText);
        call.Say("thanks").Play();
        call.Await<AgentSpeechStopped>(2);
        Assert.Equal(
            ["system:Be brief.", "user:when do you open", "assistant:We open at nine. We close at five.", "user:thanks"],
            Messages(call.Model.Requests[1]));
    }

    [Fact]
    public void The_events_of_a_turn_have_an_order()
    {
        using Call call = Call.Start();
        call.Model.Reply("Yes, we do. Come in.");
        call.Say("do you sell tea").Play();
        call.Await<AgentSpeechStopped>();
        string[] order = [.. call.Events.Where(e => e is not (AgentStateChanged or SegmentProgress or UserTranscript { IsFinal: false })).Select(e => e.GetType().Name)];
        Assert.Equal(
            [
                nameof(UserSpeechStarted), nameof(UserTranscript), nameof(UserSpeechStopped), nameof(UserTurnCommitted), nameof(ReplyStarted),
                nameof(ReplyText), nameof(SegmentQueued), nameof(SegmentQueued), nameof(ReplyTextCompleted), nameof(AgentSpeechStarted),
                nameof(TurnMeasured), nameof(SegmentCompleted), nameof(SegmentCompleted), nameof(AgentSpeechStopped),
            ],
            order);
        Assert.Equal(call.Events.OrderBy(e => e.At).Select(e => e.At), call.Events.Select(e => e.At));
    }

    [Fact]
    public void The_caller_is_heard_from_before_the_conversation_was_ready()
    {
        using var call = new Call();
        call.Model.Reply("Yes.");
        call.Say("hello can you hear me");
        for (int i = 0; i < 40; i++)
            call.Step();
        call.Begin();
        call.Play();
        call.Await<UserTurnCommitted>();
        Assert.Equal("hello can you hear me", call.Single<UserTurnCommitted>().Text);
    }

    [Fact]
    public void A_pause_inside_a_sentence_loses_and_repeats_no_word()
    {
        using Call call = Call.Start();
        call.Model.Reply("Good.");
        call.Pause(1000).Say("I would like the").Pause(700).Say("big blue").Pause(260).Say("one please").Play();
        call.Await<AgentSpeechStopped>();
        Assert.Equal("I would like the big blue one please", call.Single<UserTurnCommitted>().Text);
        Assert.Equal(3, call.Recognizer.Finals.Count);
    }

    [Fact]
    public void Only_speech_is_given_to_the_recogniser()
    {
        using Call call = Call.Start();
        call.Model.Reply("Good.");
        call.Pause(10_000).Say("yes please").Play(5_000);
        // Half a second before, the words, a fifth of a second after; each up to a window long.
        Assert.InRange(call.Recognizer.SamplesWritten / 16.0, 1000, 1400);
    }

    [Fact]
    public void An_interruption_stops_the_agent_and_history_holds_what_was_heard()
    {
        using Call call = Call.Start();
        call.Model.Reply("The first thing I want to tell you is very long indeed and goes on.").Reply("Of course.");
        call.Say("tell me something").Play();
        call.Await<AgentSpeechStarted>();
        call.Run(1000).Say("wait stop").Play();
        string cut = call.Await<AgentInterrupted>().HeardText;
        call.Await<AgentSpeechStopped>(2);
        string[] heard = [.. call.HeardWords];
        int played = Array.IndexOf(heard, "Of");
        Assert.InRange(cut.Split(' ').Length, played - 1, played);
        Assert.StartsWith(cut, "The first thing I want to tell you is very long indeed and goes on.", StringComparison.Ordinal);
        Assert.Equal(["Of", "course."], heard[played..]);
        Assert.Equal($"assistant:{cut}…", Messages(call.Model.Requests[1])[2]);
        Assert.Equal("user:wait stop", Messages(call.Model.Requests[1])[3]);
        Assert.True((bool)call.Model.Requests[1][2].AdditionalProperties![ConversationHistory.InterruptedProperty]!);
    }

    [Fact]
    public void The_agent_falls_silent_within_250_ms_of_the_callers_voice()
    {
        using Call call = Call.Start();
        call.Model.Reply("One two three four five six seven eight nine ten eleven twelve.").Default = "Yes.";
        call.Say("count please").Play();
        call.Await<AgentSpeechStarted>();
        call.Run(600);
        int before = call.Heard.Count;
        call.Say("wait stop now please").Run(240);
        Assert.All(call.Heard.Skip(before + (48 * 200)).ToArray(), sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void A_back_channel_loses_and_repeats_no_sample()
    {
        const string Text = "The first thing I want to tell you is very long indeed and goes on for a while.";
        using Call call = Call.Start();
        call.Model.Reply(Text);
        call.Say("tell me something").Play();
        call.Await<AgentSpeechStarted>();
        call.Run(1000).Say("okay").Play();
        call.Await<AgentSpeechStopped>();
        Assert.Empty(call.Events.OfType<AgentInterrupted>());
        Assert.Equal(Text, call.HeardText);
        // Every word is one run of 200 ms, but for the one that was held: its faded 5 ms are said again, rising.
        int[] lengths = [.. Runs(call.Heard, call.AgentWords.FirstOf("The"), call.AgentWords.Count)];
        Assert.Equal(1, lengths.Count(length => length != 9600));
        Assert.Single(call.Events.OfType<UserTurnCommitted>());
    }

    [Fact]
    public void A_cough_over_the_agent_costs_less_than_half_a_second()
    {
        using Call call = Call.Start();
        call.Model.Reply("One two three four five six seven eight nine ten.");
        call.Say("count please").Play();
        call.Await<AgentSpeechStarted>();
        TimeSpan started = call.Time.Elapsed;
        call.Run(600).Noise(130).Play();
        call.Await<AgentSpeechStopped>();
        Assert.InRange((call.Time.Elapsed - started).TotalMilliseconds, 2000, 2500);
    }

    [Fact]
    public void Typed_text_interrupts_and_is_answered()
    {
        using Call call = Call.Start(greeting: "Hello and welcome to our little shop.");
        call.Model.Reply("At nine.");
        call.Run(700);
        Assert.True(call.Session.PushText("  When do you open? "));
        call.Await<AgentSpeechStopped>(2);
        Assert.Equal("Hello and welcome", call.Single<AgentInterrupted>().HeardText);
        UserTurnCommitted turn = call.Single<UserTurnCommitted>();
        Assert.Equal(("When do you open?", true), (turn.Text, turn.Typed));
        Assert.Equal(["system:Be brief.", "assistant:Hello and welcome…", "user:When do you open?"], Messages(call.Model.Requests[0]));
        Assert.EndsWith("At nine.", call.HeardText, StringComparison.Ordinal);
    }

    [Fact]
    public void Sixty_four_keys_pressed_at_once_are_one_turn()
    {
        using Call call = Call.Start();
        call.Model.Reply("Thank you.");
        string keys = string.Concat(Enumerable.Repeat("12345678", 8));
        Assert.All(keys, key => Assert.True(call.Session.PushDtmf(key)));
        Assert.True(call.Session.PushDtmf('#'));
        call.Await<AgentSpeechStopped>();
        Assert.Equal(keys, call.Single<UserTurnCommitted>().Text);
    }

    [Fact]
    public void Typed_text_can_be_answered_in_writing()
    {
        using Call call = Call.Start();
        call.Model.Reply("At nine. Not before.").Reply("Yes.");
        call.Session.PushText("When do you open?", audioResponse: false);
        call.Await<ReplyTextCompleted>();
        call.Run(1000);
        Assert.All(call.Heard, sample => Assert.Equal(0, sample));
        Assert.Equal(["At nine.", "Not before."], call.Events.OfType<SegmentQueued>().Select(e => e.Text));
        Assert.All(call.Events.OfType<SegmentQueued>(), e => Assert.False(e.Spoken));
        Assert.Empty(call.Events.OfType<AgentSpeechStarted>());
        call.Session.PushText("Sure?");
        call.Await<AgentSpeechStopped>();
        Assert.Contains("assistant:At nine. Not before.", Messages(call.Model.Requests[1]));
    }

    [Fact]
    public void Typed_text_can_join_the_conversation_without_an_answer()
    {
        using Call call = Call.Start();
        call.Model.Reply("Hello Ada.");
        call.Session.PushText("My name is Ada.", runImmediately: false);
        call.Run(1000);
        Assert.Empty(call.Model.Requests);
        call.Session.PushText("Who am I?");
        call.Await<AgentSpeechStopped>();
        Assert.Equal(["system:Be brief.", "user:My name is Ada.\nWho am I?"], Messages(call.Model.Requests[0]));
    }

    [Fact]
    public void Words_without_meaning_are_asked_about()
    {
        using Call call = Call.Start(context => context with { Sentences = new ConversationPhrases { NotUnderstood = "Say again?" } });
        call.Noise(2000).Play();
        call.Await<AgentSpeechStopped>();
        Assert.Equal("Say again?", call.HeardText);
        Assert.Equal(1, call.Single<UserTurnEmpty>().Turn);
    }

    [Fact]
    public void Latency_parts_add_up_to_what_the_wire_shows()
    {
        using Call call = Call.Start(turn: new TurnOptions { Speculate = false });
        call.Recognizer.FinalDelay = TimeSpan.FromMilliseconds(400);
        call.Synthesizer.FirstAudioDelay = TimeSpan.FromMilliseconds(90);
        call.Model.Reply(TimeSpan.FromMilliseconds(150), "Yes", TimeSpan.FromMilliseconds(70), ", certainly. And more.");
        call.Say("yes please");
        for (int i = 0; i < 25; i++)
            call.Step();
        TimeSpan speechEnd = call.Time.Elapsed;
        call.Await<TurnMeasured>();
        TimeSpan audible = call.Time.Elapsed;
        TurnLatency latency = call.Single<TurnMeasured>().Latency;
        // A window of voice activity is 32 ms: the end of speech is known to that.
        Assert.InRange((latency.Total - (audible - speechEnd)).TotalMilliseconds, -32, 32);
        Assert.Equal(
            latency.Total,
            latency.Endpointing + latency.Transcription + latency.LlmFirstToken + latency.FirstChunk + latency.TtsFirstAudio + latency.Pacing);
        Assert.Equal(150, latency.LlmFirstToken.TotalMilliseconds, 20.0);
        Assert.Equal(70, latency.FirstChunk.TotalMilliseconds, 20.0);
        Assert.Equal(90, latency.TtsFirstAudio.TotalMilliseconds, 20.0);
        Assert.InRange(latency.Endpointing.TotalMilliseconds, 300, 340);
        Assert.InRange(latency.Transcription.TotalMilliseconds, 250, 350);
        Assert.InRange(latency.Pacing.TotalMilliseconds, 0, 20);
    }

    [Fact]
    public void The_next_chunk_is_made_while_the_one_before_plays()
    {
        using Call call = Call.Start();
        call.Synthesizer.FirstAudioDelay = TimeSpan.FromMilliseconds(300);
        call.Model.Reply("One two three four. Five six seven eight.");
        call.Session.PushText("count");
        call.Await<AgentSpeechStopped>();
        int from = call.Heard.FindIndex(sample => sample != 0);
        int to = call.Heard.FindLastIndex(sample => sample != 0);
        Assert.All(call.Heard.GetRange(from, to - from), sample => Assert.NotEqual(0, sample));
    }

    [Fact]
    public void Synthesis_runs_ahead_of_playout_by_a_bounded_amount()
    {
        using Call call = Call.Start();
        call.Model.Reply(string.Concat(Enumerable.Repeat("One two three four five. ", 20)));
        call.Session.PushText("count");
        call.Await<AgentSpeechStarted>();
        call.Run(500);
        // A sentence is a second; the queue holds 0.68 s.
        Assert.InRange(call.Synthesizer.Requests.Count, 2, 3);
    }

    [Fact]
    public void The_silence_at_the_beginning_of_a_voice_is_not_waited_for()
    {
        using Call call = Call.Start();
        call.Synthesizer.LeadingSilence = TimeSpan.FromMilliseconds(280);
        call.Model.Reply("One two three.");
        call.Session.PushText("count");
        TurnLatency latency = call.Await<TurnMeasured>().Latency;
        Assert.InRange(latency.Total.TotalMilliseconds, 0, 60);
        call.Await<SegmentProgress>();
        Assert.Equal(3, call.Single<SegmentProgress>().HeardLength);
    }

    [Fact]
    public void A_voice_of_another_rate_is_resampled()
    {
        using Call call = Call.Start();
        call.Synthesizer.SampleRate = 16_000;
        call.Model.Reply("One two three four five.");
        call.Session.PushText("count");
        call.Await<AgentSpeechStopped>();
        int from = call.Heard.FindIndex(sample => sample > 2000);
        int to = call.Heard.FindLastIndex(sample => sample > 2000);
        Assert.Equal(48_000, to - from, 500.0);
    }

    [Fact]
    public void Fixed_phrases_are_synthesized_once_for_all_calls()
    {
        var phrases = new PhraseCache();
        for (int i = 0; i < 2; i++)
        {
            using Call call = Call.Start(context => context with { Phrases = phrases }, greeting: "Hello there.");
            call.Await<AgentSpeechStopped>();
            Assert.Equal(i == 0 ? 1 : 0, call.Synthesizer.Requests.Count);
            Assert.Equal(2 * 9600, call.Heard.Count(sample => sample != 0));
            Assert.Equal(5, call.Single<SegmentProgress>().HeardLength);
        }
    }

    [Fact]
    public void A_hang_up_while_the_caller_speaks_keeps_the_words()
    {
        using Call call = Call.Start();
        call.Say("please call me back");
        call.Run(840);
        Assert.Equal(ConversationEndReason.CallerHungUp, call.HangUp());
        Assert.Equal("please call me", call.Single<UserTurnCommitted>().Text);
        Assert.Empty(call.Model.Requests);
        Assert.Equal(ConversationEndReason.CallerHungUp, Assert.IsType<ConversationEnded>(call.Events[^1]).Reason);
    }

    [Fact]
    public void A_hang_up_while_the_agent_speaks_ends_everything()
    {
        using Call call = Call.Start();
        call.Synthesizer.PieceDelay = TimeSpan.FromMilliseconds(100);
        call.Model.Reply("One two three four five six seven eight nine ten. ", TimeSpan.FromSeconds(60), "Eleven.");
        call.Session.PushText("count");
        call.Await<AgentSpeechStarted>();
        call.Run(500);
        Assert.Equal(ConversationEndReason.CallerHungUp, call.HangUp());
        Assert.Equal(1, call.Model.Cancelled);
        Assert.Equal(1, call.Synthesizer.Cancelled);
        Assert.Empty(call.Events.OfType<AgentInterrupted>());
        Assert.Equal("One two", call.Events.OfType<SegmentProgress>().Last() is var last ? last.Text[..last.HeardLength] : "");
        int heard = call.Heard.Count;
        call.Run(200);
        Assert.All(call.Heard.Skip(heard + 240), sample => Assert.Equal(0, sample));
        Assert.False(call.Session.PushText("still there?"));
    }

    [Fact]
    public void Cancellation_stops_the_conversation()
    {
        using var call = new Call(greeting: "Hello.");
        using var cancellation = new CancellationTokenSource();
        call.Begin(cancellation.Token);
        call.Run(100);
        cancellation.Cancel();
        Assert.Equal(ConversationEndReason.ServerStopped, call.End());
    }

    [Fact]
    public void A_session_runs_once()
    {
        using Call call = Call.Start();
        Assert.Throws<InvalidOperationException>(() => call.Session.RunAsync(CancellationToken.None).GetAwaiter().GetResult());
    }

    [Fact]
    public void Without_barge_in_the_agent_speaks_on_and_answers_afterwards()
    {
        using Call call = Call.Start(turn: new TurnOptions { BargeIn = false });
        call.Model.Reply("One two three four five six seven eight nine ten.").Reply("Tomorrow too.");
        call.Session.PushText("count");
        call.Await<AgentSpeechStarted>();
        call.Run(200).Say("and what about tomorrow").Play();
        call.Await<AgentSpeechStopped>(2);
        Assert.Equal("One two three four five six seven eight nine ten. Tomorrow too.", call.HeardText);
        Assert.Equal("and what about tomorrow", call.Events.OfType<UserTurnCommitted>().Last().Text);
    }

    [Fact]
    public void The_model_and_the_transcript_get_readable_text_and_events_keep_the_raw()
    {
        using Call call = Call.Start(context => context with { Agent = context.Agent with { Stt = new RecognizerOptions() } });
        call.Model.Default = "At nine.";
        call.Say("when do you open on monday").Play();
        UserTurnCommitted committed = call.Await<UserTurnCommitted>();
        Assert.Equal("When do you open on Monday?", committed.Text);
        Assert.Equal("when do you open on monday", committed.Raw);
        call.Await<AgentSpeechStopped>();
        Assert.Equal("When do you open on Monday?", call.Model.Requests[0][^1].Text);
        UserTranscript partial = call.Events.OfType<UserTranscript>().First(t => !t.IsFinal);
        Assert.Equal("When", partial.Text);
        Assert.Equal("when", partial.Raw);
    }

    [Fact]
    public void What_was_heard_of_a_price_is_counted_as_it_was_written()
    {
        using Call call = Call.Start();
        call.Model.Reply("It costs $3.50 today and more tomorrow.");
        call.Say("how much is it").Play();
        call.Await<AgentSpeechStopped>();
        Assert.Equal(["It costs three dollars and fifty cents today and more tomorrow."], call.Synthesizer.Requests);
        Assert.Contains("It costs $3.50", call.Events.OfType<SegmentProgress>().Select(p => p.Text[..p.HeardLength]));
        Assert.DoesNotContain(call.Events.OfType<SegmentProgress>(), p => p.Text[..p.HeardLength].EndsWith("$3", StringComparison.Ordinal));
        Assert.Equal("It costs $3.50 today and more tomorrow.", Assert.Single(call.Events.OfType<SegmentQueued>()).Text);
    }

    private static List<string> Messages(IEnumerable<ChatMessage> messages) => [.. messages.Select(m => $"{m.Role}:{m.Text}")];

    private static IEnumerable<int> Runs(List<short> heard, short first, int count)
    {
        for (int value = first; value < first + count; value++)
        {
            int length = heard.Count(sample => sample == value);
            if (length > 0)
                yield return length;
        }
    }
}
