using AgentGateway.Conversation.Tools;

namespace AgentGateway.Conversation.Session;

/// <summary>Tells the loop what the tools of one reply do, and gives the model its time again when they are done.</summary>
internal sealed class ToolObserver(ReplyRun run, SessionInbox inbox, TimeSpan firstToken) : IToolLoopObserver
{
    // The tool loop bounds every tool; this only has to be longer.
    private static readonly TimeSpan WhileToolsRun = TimeSpan.FromMinutes(2);

    private int _running;

    public async ValueTask BeforeToolsAsync(CancellationToken cancellationToken)
    {
        // What a tool does can not be undone: it waits until the turn is certain. The model's time stands still meanwhile.
        if (run.IsCommitted)
            return;
        run.Deadline?.Extend(WhileToolsRun);
        await run.WaitForCommitAsync(cancellationToken);
    }

    public void ToolCallStarted(string callId, string name, string argumentsJson)
    {
        _running++;
        run.Deadline?.Extend(WhileToolsRun);
        inbox.TryPost(new SessionInput.ToolStarted(run.Generation, callId, name, argumentsJson));
    }

    public void ToolCallCompleted(string callId, string name, string resultJson, bool failed)
    {
        if (--_running <= 0)
            run.Deadline?.Extend(firstToken);
        inbox.TryPost(new SessionInput.ToolCompleted(run.Generation, callId, name, resultJson, failed));
    }

    public void EndCallRequested() => run.EndsCall = true;
}
