using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;

namespace AgentGateway.Calls;

/// <summary>What a dialect may do with its call. Thread-safe; nothing blocks.</summary>
public interface ICallControl
{
    /// <summary>The call's unguessable id.</summary>
    string CallId { get; }

    /// <summary>The agent that answers, as it was when the call began.</summary>
    AgentDefinition Agent { get; }

    /// <summary>The present wall-clock time.</summary>
    DateTimeOffset Now { get; }

    /// <summary>The wall-clock time of a media time of this call.</summary>
    DateTimeOffset WallClock(TimeSpan at);

    /// <summary>Sends a text message on the dialect's channel; dropped and counted when the channel is gone or its buffer full.</summary>
    void Send(string message);

    /// <summary>Typed words of the caller; false when the agent holds no conversation (echo).</summary>
    bool SubmitText(string text, bool runImmediately, bool audioResponse);

    /// <summary>Ends the call.</summary>
    void End(ConversationEndReason reason);
}
