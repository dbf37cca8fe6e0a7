using AgentGateway.Conversation.Events;

namespace AgentGateway.Calls;

/// <summary>
/// The language one client speaks on its data channel. All members are called one at a time, in the order things
/// happened; a dialect needs no locks.
/// </summary>
public interface ICallDialect
{
    /// <summary>A text message from the client: hostile until parsed, at most 256 KiB.</summary>
    void HandleMessage(string message);

    /// <summary>Something happened in the conversation.</summary>
    void HandleEvent(ConversationEvent e);
}
