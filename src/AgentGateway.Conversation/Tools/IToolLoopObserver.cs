namespace AgentGateway.Conversation.Tools;

/// <summary>
/// Is told what the tool loop does, as it happens. Calls come one at a time from the flow that enumerates the reply;
/// they must be quick and must not throw.
/// </summary>
public interface IToolLoopObserver
{
    /// <summary>Tools are wanted: the loop runs none before this completes.</summary>
    ValueTask BeforeToolsAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>A tool is about to run (also one that will be refused: unknown name, bad arguments).</summary>
    /// <param name="callId">The model's id of the call; unique within the conversation.</param>
    /// <param name="name">The tool's name as the model wrote it.</param>
    /// <param name="argumentsJson">A JSON object.</param>
    void ToolCallStarted(string callId, string name, string argumentsJson);

    /// <summary>A tool call ended; every started call ends once, unless the reply was cancelled.</summary>
    /// <param name="callId">The model's id of the call.</param>
    /// <param name="name">The tool's name as the model wrote it.</param>
    /// <param name="resultJson">JSON that the model is given.</param>
    /// <param name="failed">Whether it is an error.</param>
    void ToolCallCompleted(string callId, string name, string resultJson, bool failed);

    /// <summary>The agent decided to end the call: hang up once the present reply was heard. May come more than once.</summary>
    void EndCallRequested();
}
