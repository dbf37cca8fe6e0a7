namespace AgentGateway.Conversation.Ports;

/// <summary>A model that hears whether a caller's turn is over, shared by all calls. Thread-safe.</summary>
public interface IEndOfTurnModel
{
    /// <summary>A short stable name for metrics and logs, such as "smart-turn-v3".</summary>
    string Name { get; }

    /// <summary>Makes a detector for one call.</summary>
    IEndOfTurnDetector Create();
}
