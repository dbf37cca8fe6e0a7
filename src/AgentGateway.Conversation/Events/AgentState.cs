namespace AgentGateway.Conversation.Events;

/// <summary>What the agent is doing, as a caller should see it.</summary>
public enum AgentState
{
    /// <summary>Models and connections are being prepared; early audio is kept.</summary>
    Initializing,

    /// <summary>Waiting for the caller, or hearing the caller.</summary>
    Listening,

    /// <summary>The caller's turn is over and no audio of the answer left yet.</summary>
    Thinking,

    /// <summary>Audio of the agent is leaving.</summary>
    Speaking,

    /// <summary>The conversation is over.</summary>
    Ended,
}
