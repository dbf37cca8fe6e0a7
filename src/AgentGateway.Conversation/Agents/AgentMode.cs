namespace AgentGateway.Conversation.Agents;

/// <summary>What stands behind a call.</summary>
public enum AgentMode
{
    /// <summary>A conversation: recognition, language model, synthesis.</summary>
    Conversation,

    /// <summary>The caller's audio decoded, jitter-buffered, encoded again and returned.</summary>
    Echo,

    /// <summary>The caller's packets returned without transcoding.</summary>
    EchoRelay,
}
