using System.Text.Json;
using AgentGateway.Calls;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;

namespace AgentGateway.Host.Tests.Dialects.Rtvi;

/// <summary>A call that keeps what a dialect did with it.</summary>
internal sealed class RecordingCall : ICallControl
{
    public string CallId => "call-1";

    public AgentDefinition Agent { get; } = new() { Name = "receptionist", DisplayName = "Receptionist", Version = "0123456789ab" };

    public DateTimeOffset Now { get; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    internal List<JsonElement> Sent { get; } = [];

    internal IEnumerable<string> Types => Sent.Select(m => m.GetProperty("type").GetString()!);

    internal List<(string Text, bool RunImmediately, bool AudioResponse)> Texts { get; } = [];

    internal string Keys { get; private set; } = "";

    internal ConversationEndReason? Ended { get; private set; }

    internal bool HoldsConversation { get; init; } = true;

    internal JsonElement Last => Sent[^1];

    public DateTimeOffset WallClock(TimeSpan at) => Now + at;

    public void Send(string message) => Sent.Add(JsonDocument.Parse(message).RootElement.Clone());

    public bool SubmitText(string text, bool runImmediately, bool audioResponse)
    {
        if (HoldsConversation)
            Texts.Add((text, runImmediately, audioResponse));
        return HoldsConversation;
    }

    public bool SubmitKey(char key)
    {
        if (HoldsConversation)
            Keys += key;
        return HoldsConversation;
    }

    public void End(ConversationEndReason reason) => Ended = reason;
}
