using System.Reflection;
using System.Text.Json;
using AgentGateway.Calls;
using AgentGateway.Conversation.Events;

namespace AgentGateway.Host.Dialects.Rtvi;

/// <summary>
/// RTVI 2.1, the event protocol of Pipecat's clients and our own: one JSON object per text message. Clients of major
/// version 1 are answered with their own version.
/// </summary>
internal sealed partial class RtviDialect : ICallDialect
{
    /// <summary>The version this server speaks.</summary>
    internal const string ProtocolVersion = "2.1.0";

    private const string PingPrefix = "ping";

    // A client that keeps sending nonsense gets this many answers; the rest is only counted.
    private const int MaxErrorReplies = 20;

    private const int MaxTextLength = 8000;

    private const int MaxKeys = 64;

    private static readonly string Version =
        typeof(RtviDialect).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    private readonly ICallControl _call;
    private readonly RtviWriter _writer = new();
    private readonly RtviEvents _events;
    private readonly ILogger _logger;
    private int _errorReplies;

    internal RtviDialect(ICallControl call, ILogger logger)
    {
        _call = call;
        _logger = logger;
        _events = new RtviEvents(call, _writer);
    }

    /// <inheritdoc/>
    public void HandleEvent(ConversationEvent e) => _events.Handle(e);

    /// <inheritdoc/>
    public void HandleMessage(string message)
    {
        // Pipecat's transport sends "ping: <ms>" every second and expects nothing back.
        if (message.StartsWith(PingPrefix, StringComparison.Ordinal))
            return;
        try
        {
            using JsonDocument document = JsonDocument.Parse(message, new JsonDocumentOptions { MaxDepth = 32 });
            if (RtviMessage.TryParse(document, out RtviMessage parsed, out string error))
                Dispatch(parsed);
            else
                Refuse(null, error);
        }
        catch (JsonException)
        {
            Refuse(null, "The message is not JSON.");
        }
    }

    private void Dispatch(in RtviMessage message)
    {
        if (message.Label is null && message.Type == "signalling")
            return;
        if (message.Label != RtviMessage.ProtocolLabel)
        {
            Refuse(message.Id, $"Expected label \"{RtviMessage.ProtocolLabel}\".");
            return;
        }

        switch (message.Type)
        {
            case "client-ready":
                HandleClientReady(message);
                break;
            case "send-text":
                HandleSendText(message);
                break;
            case "append-to-context":
                SubmitText(message, message.DataString("content"), Option(message.Data, "run_immediately", false), audioResponse: true);
                break;
            case "dtmf":
                HandleDtmf(message);
                break;
            case "disconnect-bot":
                _call.End(ConversationEndReason.CallerHungUp);
                break;
            case "client-message":
                HandleClientMessage(message);
                break;
            case "llm-function-call-result" or "ui-event" or "ui-snapshot" or "ui-cancel-job-group":
                // Tools run on the server, and the UI protocol is not used: both are optional for a server.
                break;
            default:
                Refuse(message.Id, $"Unsupported type {message.Type}");
                break;
        }
    }

    private void HandleClientReady(in RtviMessage message)
    {
        string version = message.DataString("version") ?? "";
        bool odd = !System.Version.TryParse(version, out Version? parsed) || parsed.Major is < 1 or > 2;
        if (odd)
            Refuse(message.Id, $"Expected a version 1.x or 2.x in client-ready; continuing with {ProtocolVersion}.");
        _events.LegacyOutput = parsed?.Major == 1;
        string answer = _events.LegacyOutput ? version : ProtocolVersion;
        _call.Send(_writer.Write("bot-ready", message.Id ?? "", (answer, _call.Agent), static (json, s) =>
        {
            json.WriteStartObject();
            json.WriteString("version", s.answer);
            json.WriteStartObject("about");
            json.WriteString("library", "agentgateway");
            json.WriteString("library_version", Version);
            json.WriteString("agent", s.Agent.Name);
            json.WriteString("agent_version", s.Agent.Version);
            json.WriteEndObject();
            json.WriteEndObject();
        }));
    }

    private void HandleSendText(in RtviMessage message)
    {
        JsonElement options = message.Data.ValueKind == JsonValueKind.Object && message.Data.TryGetProperty("options", out JsonElement o) ? o : default;
        SubmitText(message, message.DataString("content"), Option(options, "run_immediately", true), Option(options, "audio_response", true));
    }

    private void HandleDtmf(in RtviMessage message)
    {
        var keys = new List<string>();
        if (message.Data.ValueKind == JsonValueKind.Object)
        {
            if (message.Data.TryGetProperty("buttons", out JsonElement buttons) && buttons.ValueKind == JsonValueKind.Array)
                keys.AddRange(buttons.EnumerateArray().Select(b => b.ValueKind == JsonValueKind.String ? b.GetString()! : ""));
            else if (message.DataString("button") is { } button)
                keys.Add(button);
        }

        if (keys.Count is 0 or > MaxKeys || keys.Any(d => d.Length != 1 || !"0123456789*#ABCD".Contains(d[0])))
            Refuse(message.Id, $"dtmf needs 1 to {MaxKeys} buttons of 0-9, *, #, A-D.");
        else if (!keys.All(k => _call.SubmitKey(k[0])))
            Refuse(message.Id, $"The agent {_call.Agent.Name} holds no conversation.");
    }

    private void HandleClientMessage(in RtviMessage message)
    {
        string? name = message.DataString("t");
        if (name == "ping")
        {
            _call.Send(_writer.Write("server-response", message.Id, _call.Now, static (json, now) =>
            {
                json.WriteStartObject();
                json.WriteString("t", "ping");
                json.WriteStartObject("d");
                json.WriteNumber("server_time_ms", now.ToUnixTimeMilliseconds());
                json.WriteEndObject();
                json.WriteEndObject();
            }));
        }
        else
        {
            Refuse(message.Id, $"Unsupported client message {name}");
        }
    }

    private void SubmitText(in RtviMessage message, string? text, bool runImmediately, bool audioResponse)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > MaxTextLength)
            Refuse(message.Id, $"{message.Type} needs a text of 1 to {MaxTextLength} characters.");
        else if (!_call.SubmitText(text, runImmediately, audioResponse))
            Refuse(message.Id, $"The agent {_call.Agent.Name} holds no conversation.");
    }

    private void Refuse(string? id, string error)
    {
        if (_errorReplies++ >= MaxErrorReplies)
            return;
        LogRefused(_logger, _call.CallId, error);
        if (id is not null)
            _call.Send(_writer.Write("error-response", "error", error, id));
        else
            _call.Send(_writer.Write("error", null, error, static (json, error) =>
            {
                json.WriteStartObject();
                json.WriteString("error", error);
                json.WriteBoolean("fatal", false);
                json.WriteEndObject();
            }));
    }

    private static bool Option(JsonElement options, string name, bool fallback) =>
        options.ValueKind == JsonValueKind.Object && options.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.ValueKind == JsonValueKind.True
            : fallback;

    [LoggerMessage(8101, LogLevel.Debug, "Call {CallId}: a client message was refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, string callId, string reason);
}
