using AgentGateway.Conversation.Agents;

namespace AgentGateway.Calls.Startup;

/// <summary>How a process calls itself before it takes calls.</summary>
public sealed record CallWarmUpOptions
{
    /// <summary>Calls, one after the other: 1 or more. The first compiles nearly everything; the second meets what only then is ready.</summary>
    public int Calls { get; init; } = 2;

    /// <summary>When it is given up; a start takes no longer for it.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>
    /// Whom it calls: an echo, or an agent with a greeting. Who calls an agent is silent, and hangs up once the greeting is heard.
    /// </summary>
    public AgentDefinition Agent { get; init; } = new()
    {
        Name = "startup",
        DisplayName = "Startup",
        Version = "0",
        Mode = AgentMode.Echo,
    };

    /// <summary>What makes the agent's conversation; an echo needs none.</summary>
    public IConversationFactory? Conversations { get; init; }

    /// <summary>Label of the data channel that the caller opens.</summary>
    public string ChannelLabel { get; init; } = "startup";

    /// <summary>What it says there; any message is taken for the answer. Null for a call without data channel.</summary>
    public string? Message { get; init; }
}
