namespace AgentGateway.Testing.Conversation;

/// <summary>
/// Runs the continuations of asynchronous code on the test's thread, when the test says so: an asynchronous program becomes
/// a deterministic one.
/// </summary>
public sealed class PumpContext : SynchronizationContext
{
    private readonly Lock _gate = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = new();

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_gate)
            _queue.Enqueue((d, state));
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs until nothing is left to run. Must be called with this context as the current one.</summary>
    public void RunUntilIdle()
    {
        while (true)
        {
            (SendOrPostCallback Callback, object? State) item;
            lock (_gate)
            {
                if (!_queue.TryDequeue(out item))
                    return;
            }

            item.Callback(item.State);
        }
    }
}
