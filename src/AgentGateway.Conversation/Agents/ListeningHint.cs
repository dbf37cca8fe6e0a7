using Microsoft.Extensions.AI;

namespace AgentGateway.Conversation.Agents;

/// <summary>How a chat client tells the conversation what its answer asks for: a property of any of its updates.</summary>
public static class ListeningHint
{
    /// <summary>The additional property's name; its value is a <see cref="ListeningContext"/>.</summary>
    public const string Property = "agentgateway.listen";

    /// <summary>Reads the hint of an update; false when there is none.</summary>
    public static bool TryRead(ChatResponseUpdate update, out ListeningContext context)
    {
        ArgumentNullException.ThrowIfNull(update);
        context = ListeningContext.Auto;
        if (update.AdditionalProperties?.TryGetValue(Property, out object? value) is not true || value is not ListeningContext hint)
            return false;
        context = hint;
        return true;
    }
}
