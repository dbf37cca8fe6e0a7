namespace AgentGateway.Conversation.Ports;

/// <summary>A model that hears whether a caller's turn is over, shared by all calls. Thread-safe.</summary>
public interface IEndOfTurnModel
{
    /// <summary>Makes a detector for one call.</summary>
    IEndOfTurnDetector Create();
}
