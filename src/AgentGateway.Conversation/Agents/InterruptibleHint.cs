using Microsoft.Extensions.AI;

namespace AgentGateway.Conversation.Agents;

/// <summary>How a chat client says that the caller must hear its answer to the end, such as a legal notice: a property of any of its updates.</summary>
public static class InterruptibleHint
{
    /// <summary>The additional property's name; its value is false.</summary>
    public const string Property = "agentgateway.interruptible";

    /// <summary>Whether an update forbids interruption.</summary>
    public static bool IsForbidden(ChatResponseUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return update.AdditionalProperties?.TryGetValue(Property, out object? value) is true && value is false;
    }
}
