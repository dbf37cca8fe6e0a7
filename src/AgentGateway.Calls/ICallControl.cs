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

    /// <summary>
    /// A key of a telephone, as if it had been pressed in the audio: keys that follow each other are one turn, which the hash key or a pause
    /// ends. One that cannot be taken any more is counted. Any thread.
    /// </summary>
    /// <param name="key">0..9, *, # or A..D; anything else is counted and has no effect.</param>
    /// <returns>False when the agent holds no conversation.</returns>
    bool SubmitKey(char key);

    /// <summary>Ends the call.</summary>
    void End(ConversationEndReason reason);
}
