using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Session;

namespace AgentGateway.Calls;

/// <summary>Gives a call the engines its agent asks for. Thread-safe.</summary>
public interface IConversationFactory
{
    /// <summary>Makes the conversation of one call; the call owns and disposes it.</summary>
    /// <exception cref="Conversation.Ports.SpeechProviderException">An engine the agent names cannot be had.</exception>
    /// <exception cref="Conversation.Ports.LlmException">The agent's language model does not exist.</exception>
    ValueTask<ConversationSession> CreateAsync(string callId, AgentDefinition agent, CancellationToken cancellationToken);
}
