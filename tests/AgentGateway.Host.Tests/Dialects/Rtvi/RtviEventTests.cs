using System.Text.Json;
using AgentGateway.Conversation.Events;
using AgentGateway.Host.Dialects.Rtvi;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Host.Tests.Dialects.Rtvi;

public sealed class RtviEventTests
{
    private static readonly TimeSpan At = TimeSpan.FromSeconds(1);

    private readonly RecordingCall _call = new();
    private readonly RtviDialect _dialect;

    public RtviEventTests() => _dialect = new RtviDialect(_call, NullLogger.Instance);

    [Fact]
    public void A_turn_is_told_in_the_order_of_the_protocol()
    {
        Play(
            new UserSpeechStarted { At = At },
            new UserTranscript(1, "what are", false) { At = At },
            new UserTranscript(1, "what are your hours", true) { At = At },
            new UserSpeechStopped { At = At },
            new UserTurnCommitted(1, "what are your hours", false) { At = At },
            new ReplyStarted(1) { At = At },
            new ReplyText(1, "We open at nine.") { At = At },
            new SegmentQueued(1, 3, "We open at nine.", true) { At = At },
            new ReplyTextCompleted(1) { At = At },
            new AgentSpeechStarted(1) { At = At },
            new SegmentProgress(1, 3, "We open at nine.", 7) { At = At },
            new SegmentCompleted(1, 3, "We open at nine.") { At = At },
            new AgentSpeechStopped(1) { At = At });

        Assert.Equal(
            [
                "user-started-speaking", "user-transcription", "user-transcription", "user-stopped-speaking", "user-llm-text",
                "bot-llm-started", "bot-llm-text", "bot-transcription", "bot-tts-started", "bot-llm-stopped", "bot-started-speaking",
                "bot-output", "bot-tts-text", "bot-output", "bot-tts-text", "bot-output", "bot-tts-stopped", "bot-stopped-speaking",
            ],
            _call.Types);
        Assert.All(_call.Sent, m => Assert.Equal("rtvi-ai", m.GetProperty("label").GetString()));
    }

    [Fact]
    public void A_transcription_carries_text_finality_user_and_time()
    {
        Play(new UserTranscript(1, "hello", true) { At = At });
        JsonElement data = _call.Last.GetProperty("data");
        Assert.Equal("hello", data.GetProperty("text").GetString());
        Assert.True(data.GetProperty("final").GetBoolean());
        Assert.Equal("call-1", data.GetProperty("user_id").GetString());
        Assert.Equal(_call.Now + At, data.GetProperty("timestamp").GetDateTimeOffset());
    }

    [Fact]
    public void Spoken_progress_splits_the_text_at_what_was_heard()
    {
        Play(new AgentSpeechStarted(1) { At = At }, new SegmentProgress(1, 1, "One two three.", 7) { At = At });
        JsonElement data = _call.Last.GetProperty("data");
        Assert.Equal("in-progress", data.GetProperty("spoken_status").GetString());
        Assert.Equal("One two", data.GetProperty("spoken_progress").GetProperty("accumulated_text").GetString());
        Assert.Equal(" three.", data.GetProperty("spoken_progress").GetProperty("remaining_text").GetString());
    }

    [Fact]
    public void Words_are_told_once_and_with_their_punctuation()
    {
        const string Text = "Well, yes.";
        Play(
            new AgentSpeechStarted(1) { At = At },
            new SegmentProgress(1, 1, Text, 4) { At = At },
            new SegmentProgress(1, 1, Text, 5) { At = At },
            new SegmentProgress(1, 1, Text, 9) { At = At },
            new SegmentCompleted(1, 1, Text) { At = At });

        Assert.Equal(["Well,", "yes."], _call.Sent
            .Where(m => m.GetProperty("type").GetString() == "bot-tts-text")
            .Select(m => m.GetProperty("data").GetProperty("text").GetString()));
    }

    [Fact]
    public void An_interruption_drops_what_was_not_spoken_and_says_what_was_heard()
    {
        Play(
            new SegmentQueued(1, 1, "First.", true) { At = At },
            new AgentSpeechStarted(1) { At = At },
            new SegmentQueued(1, 2, "Second.", true) { At = At },
            new AgentInterrupted(1, "Fir") { At = At },
            new AgentSpeechStopped(1) { At = At },
            new SegmentQueued(2, 3, "New.", true) { At = At },
            new AgentSpeechStarted(2) { At = At });

        Assert.Contains("bot-interrupted", _call.Types);
        Assert.Contains(_call.Sent, m => m.GetProperty("type").GetString() == "server-message"
            && m.GetProperty("data").GetProperty("heard_text").GetString() == "Fir");
        Assert.Equal([1, 2, 3], _call.Sent
            .Where(m => m.GetProperty("type").GetString() == "bot-output")
            .Select(m => m.GetProperty("data").GetProperty("segment_id").GetInt32()));
        Assert.DoesNotContain(_call.Sent, m => m.GetProperty("type").GetString() == "bot-output"
            && m.GetProperty("data").GetProperty("spoken_status").GetString() == "completed");
    }

    [Fact]
    public void Metrics_add_up_to_the_whole()
    {
        Play(new TurnMeasured(new TurnLatency
        {
            Turn = 4,
            Endpointing = TimeSpan.FromMilliseconds(300),
            Transcription = TimeSpan.FromMilliseconds(40),
            LlmFirstToken = TimeSpan.FromMilliseconds(5),
            FirstChunk = TimeSpan.FromMilliseconds(2),
            TtsFirstAudio = TimeSpan.FromMilliseconds(60),
            Pacing = TimeSpan.FromMilliseconds(13),
        })
        { At = At });

        JsonElement data = _call.Last.GetProperty("data");
        double parts = data.GetProperty("ttfb").EnumerateArray().Concat(data.GetProperty("processing").EnumerateArray())
            .Sum(m => m.GetProperty("value").GetDouble());
        Assert.Equal(0.420, data.GetProperty("ttfa").GetDouble(), 6);
        Assert.Equal(data.GetProperty("ttfa").GetDouble(), parts, 6);
    }

    [Theory]
    [InlineData(true, 2, 71)]
    [InlineData(false, 0, 0)]
    public void Metrics_tell_what_answers_begun_ahead_cost(bool used, int replies, int characters)
    {
        Play(new TurnMeasured(new TurnLatency
        {
            Turn = 1,
            Endpointing = TimeSpan.Zero,
            Transcription = TimeSpan.Zero,
            LlmFirstToken = TimeSpan.Zero,
            FirstChunk = TimeSpan.Zero,
            TtsFirstAudio = TimeSpan.Zero,
            Pacing = TimeSpan.Zero,
            WasSpeculated = used,
            WastedReplies = replies,
            WastedCharacters = characters,
        })
        { At = At });

        JsonElement told = _call.Last.GetProperty("data").GetProperty("speculation");
        Assert.Equal(
            (used, replies, characters),
            (told.GetProperty("used").GetBoolean(), told.GetProperty("wasted_replies").GetInt32(), told.GetProperty("wasted_characters").GetInt32()));
    }

    [Fact]
    public void A_tool_call_is_told_with_its_arguments_as_json()
    {
        Play(
            new ToolCallStarted(1, "c1", "book_table", """{"party_size":4}""") { At = At },
            new ToolCallCompleted(1, "c1", "book_table", "not json", false) { At = At });

        Assert.Equal(["llm-function-call-started", "llm-function-call-in-progress", "llm-function-call-stopped"], _call.Types);
        Assert.Equal(4, _call.Sent[1].GetProperty("data").GetProperty("arguments").GetProperty("party_size").GetInt32());
        Assert.Equal("not json", _call.Sent[2].GetProperty("data").GetProperty("result").GetString());
    }

    [Fact]
    public void A_fault_is_an_error_that_says_whether_it_is_fatal()
    {
        Play(new ConversationFault("llm_unavailable", "The language model does not answer.", false) { At = At });
        Assert.Equal("error", _call.Last.GetProperty("type").GetString());
        Assert.False(_call.Last.GetProperty("data").GetProperty("fatal").GetBoolean());
    }

    [Fact]
    public void A_client_of_version_1_gets_the_old_shape_of_bot_output()
    {
        _dialect.HandleMessage("""{"label":"rtvi-ai","type":"client-ready","id":"1","data":{"version":"1.0.0"}}""");
        Play(new AgentSpeechStarted(1) { At = At }, new SegmentCompleted(1, 1, "Hello.") { At = At });
        JsonElement data = _call.Last.GetProperty("data");
        Assert.True(data.GetProperty("spoken").GetBoolean());
        Assert.False(data.TryGetProperty("segment_id", out _));
    }

    [Fact]
    public void The_end_tells_the_transport_that_the_peer_left()
    {
        Play(new ConversationEnded(ConversationEndReason.AgentEnded) { At = At });
        Assert.Equal("signalling", _call.Last.GetProperty("type").GetString());
        Assert.Equal("peerLeft", _call.Last.GetProperty("message").GetProperty("type").GetString());
    }

    private void Play(params ConversationEvent[] events)
    {
        foreach (ConversationEvent e in events)
            _dialect.HandleEvent(e);
    }
}
