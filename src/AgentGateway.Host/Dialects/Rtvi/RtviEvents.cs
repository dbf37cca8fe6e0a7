using System.Globalization;
using System.Text.Json;
using AgentGateway.Calls;
using AgentGateway.Conversation.Events;

namespace AgentGateway.Host.Dialects.Rtvi;

/// <summary>
/// Projects conversation events onto RTVI 2.1 server messages in the order of Pipecat's own observer: text of the bot
/// is told only once its audio has begun to leave.
/// </summary>
internal sealed class RtviEvents(ICallControl call, RtviWriter writer)
{
    private const string SignallingPeerLeft = """{"type":"signalling","message":{"type":"peerLeft"}}""";

    // Segments that were queued before their reply's first audio left.
    private readonly List<SegmentQueued> _waiting = [];
    private bool _speaking;
    private int _speechTurn = -1;
    private int _toldLength;
    private int _toldSegment = -1;

    /// <summary>Clients of protocol major 1 know another shape of bot-output.</summary>
    internal bool LegacyOutput { get; set; }

    internal void Handle(ConversationEvent e)
    {
        switch (e)
        {
            case AgentStateChanged s:
                Send("server-message", s, static (json, s) =>
                {
                    json.WriteStartObject();
                    json.WriteString("type", "agent-state");
                    json.WriteString("state", s.State.ToString().ToLowerInvariant());
                    json.WriteEndObject();
                });
                break;
            case UserSpeechStarted:
                call.Send(writer.Write("user-started-speaking"));
                break;
            case UserSpeechStopped:
                call.Send(writer.Write("user-stopped-speaking"));
                break;
            case UserTranscript t:
                Send("user-transcription", (Event: t, Call: call), static (json, s) =>
                {
                    json.WriteStartObject();
                    json.WriteString("text", s.Event.Text);
                    json.WriteString("user_id", s.Call.CallId);
                    json.WriteString("timestamp", s.Call.WallClock(s.Event.At).ToString("O", CultureInfo.InvariantCulture));
                    json.WriteBoolean("final", s.Event.IsFinal);
                    json.WriteEndObject();
                });
                break;
            case UserTurnCommitted t:
                call.Send(writer.Write("user-llm-text", "text", t.Text));
                break;
            case ReplyStarted:
                call.Send(writer.Write("bot-llm-started"));
                break;
            case ReplyText t:
                call.Send(writer.Write("bot-llm-text", "text", t.Delta));
                break;
            case ReplyTextCompleted:
                call.Send(writer.Write("bot-llm-stopped"));
                break;
            case SegmentQueued s:
                HandleQueued(s);
                break;
            case AgentSpeechStarted:
                _speaking = true;
                call.Send(writer.Write("bot-started-speaking"));
                foreach (SegmentQueued waiting in _waiting)
                    SendOutput(waiting.Segment, waiting.Text, "new", 0, spoken: true);
                _waiting.Clear();
                break;
            case SegmentProgress p:
                SendSpokenText(p.Segment, p.Text, p.HeardLength);
                SendOutput(p.Segment, p.Text, "in-progress", p.HeardLength, spoken: true);
                break;
            case SegmentCompleted c:
                SendSpokenText(c.Segment, c.Text, c.Text.Length);
                SendOutput(c.Segment, c.Text, "completed", c.Text.Length, spoken: true);
                break;
            case AgentInterrupted i:
                _waiting.Clear();
                call.Send(writer.Write("bot-interrupted"));
                Send("server-message", i, static (json, i) =>
                {
                    json.WriteStartObject();
                    json.WriteString("type", "interrupted");
                    json.WriteNumber("turn", i.Turn);
                    json.WriteString("heard_text", i.HeardText);
                    json.WriteEndObject();
                });
                break;
            case AgentSpeechStopped:
                _speaking = false;
                _speechTurn = -1;
                call.Send(writer.Write("bot-tts-stopped"));
                call.Send(writer.Write("bot-stopped-speaking"));
                break;
            case ToolCallStarted t:
                call.Send(writer.Write("llm-function-call-started", "function_name", t.Name));
                Send("llm-function-call-in-progress", t, static (json, t) =>
                {
                    json.WriteStartObject();
                    json.WriteString("tool_call_id", t.CallId);
                    json.WriteString("function_name", t.Name);
                    WriteJson(json, "arguments", t.ArgumentsJson);
                    json.WriteEndObject();
                });
                break;
            case ToolCallCompleted t:
                Send("llm-function-call-stopped", t, static (json, t) =>
                {
                    json.WriteStartObject();
                    json.WriteString("tool_call_id", t.CallId);
                    json.WriteString("function_name", t.Name);
                    json.WriteBoolean("cancelled", t.Failed);
                    WriteJson(json, "result", t.ResultJson);
                    json.WriteEndObject();
                });
                break;
            case TurnMeasured m:
                SendMetrics(m.Latency);
                break;
            case ConversationFault f:
                Send("error", f, static (json, f) =>
                {
                    json.WriteStartObject();
                    json.WriteString("error", f.Message);
                    json.WriteString("code", f.Code);
                    json.WriteBoolean("fatal", f.Fatal);
                    json.WriteEndObject();
                });
                break;
            case ConversationEnded:
                call.Send(SignallingPeerLeft);
                break;
        }
    }

    private void HandleQueued(SegmentQueued s)
    {
        if (!s.Spoken)
        {
            SendOutput(s.Segment, s.Text, null, s.Text.Length, spoken: false);
            return;
        }

        call.Send(writer.Write("bot-transcription", "text", s.Text));
        if (_speechTurn != s.Turn)
        {
            _speechTurn = s.Turn;
            call.Send(writer.Write("bot-tts-started"));
        }

        if (_speaking)
            SendOutput(s.Segment, s.Text, "new", 0, spoken: true);
        else
            _waiting.Add(s);
    }

    private void SendSpokenText(int segment, string text, int heardLength)
    {
        int from = segment == _toldSegment ? _toldLength : 0;

        // A word is told with the punctuation that ends it.
        int to = Math.Clamp(heardLength, from, text.Length);
        while (to < text.Length && !char.IsWhiteSpace(text[to]))
            to++;
        _toldSegment = segment;
        _toldLength = to;
        string words = text[from..to].Trim();
        if (words.Length > 0)
            call.Send(writer.Write("bot-tts-text", "text", words));
    }

    private void SendOutput(int segment, string text, string? status, int heardLength, bool spoken)
    {
        if (LegacyOutput)
        {
            if (status is null or "completed")
                Send("bot-output", (text, spoken), static (json, s) =>
                {
                    json.WriteStartObject();
                    json.WriteString("text", s.text);
                    json.WriteString("aggregated_by", "sentence");
                    json.WriteBoolean("spoken", s.spoken);
                    json.WriteEndObject();
                });
            return;
        }

        Send("bot-output", (segment, text, status, heard: Math.Clamp(heardLength, 0, text.Length), spoken), static (json, s) =>
        {
            json.WriteStartObject();
            json.WriteString("text", s.text);
            json.WriteString("aggregated_by", "sentence");
            json.WriteNumber("segment_id", s.segment);
            json.WriteBoolean("will_be_spoken", s.spoken);
            if (s.status is not null)
            {
                json.WriteString("spoken_status", s.status);
                json.WriteStartObject("spoken_progress");
                json.WriteString("accumulated_text", s.text.AsSpan(0, s.heard));
                json.WriteString("remaining_text", s.text.AsSpan(s.heard));
                json.WriteEndObject();
            }

            json.WriteEndObject();
        });
    }

    private void SendMetrics(TurnLatency latency)
    {
        Send("metrics", latency, static (json, l) =>
        {
            json.WriteStartObject();
            json.WriteStartArray("ttfb");
            WriteMetric(json, "llm", l.LlmFirstToken);
            WriteMetric(json, "tts", l.TtsFirstAudio);
            json.WriteEndArray();
            json.WriteStartArray("processing");
            WriteMetric(json, "endpointing", l.Endpointing);
            WriteMetric(json, "stt", l.Transcription);
            WriteMetric(json, "first-chunk", l.FirstChunk);
            WriteMetric(json, "pacing", l.Pacing);
            json.WriteEndArray();
            json.WriteNumber("ttfa", l.Total.TotalSeconds);
            json.WriteNumber("turn", l.Turn);
            json.WriteStartObject("speculation");
            json.WriteBoolean("used", l.WasSpeculated);
            json.WriteNumber("wasted_replies", l.WastedReplies);
            json.WriteNumber("wasted_characters", l.WastedCharacters);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private void Send<T>(string type, T state, Action<Utf8JsonWriter, T> writeData) =>
        call.Send(writer.Write(type, null, state, writeData));

    private static void WriteMetric(Utf8JsonWriter json, string processor, TimeSpan value)
    {
        json.WriteStartObject();
        json.WriteString("processor", processor);
        json.WriteNumber("value", value.TotalSeconds);
        json.WriteEndObject();
    }

    // Tool arguments and results come as JSON text from a model or a tool; what is not JSON is told as a string.
    private static void WriteJson(Utf8JsonWriter json, string name, string text)
    {
        json.WritePropertyName(name);
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            document.RootElement.WriteTo(json);
        }
        catch (JsonException)
        {
            json.WriteStringValue(text);
        }
    }
}
