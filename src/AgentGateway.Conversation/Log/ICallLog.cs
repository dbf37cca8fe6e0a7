namespace AgentGateway.Conversation.Log;

/// <summary>
/// Where a conversation writes down what went into its decisions and what came out. Called by one flow; must neither block nor
/// throw: a log that cannot keep up loses entries and says so, the call goes on.
/// </summary>
public interface ICallLog
{
    /// <summary>The conversation begins; before the first <see cref="Add"/>.</summary>
    void Begin(CallLogHeader header);

    /// <summary>Something happened. Times never go back.</summary>
    void Add(CallLogEntry entry);

    /// <summary>Nothing follows.</summary>
    void Complete();
}
