namespace AgentGateway.Providers.Engines;

/// <summary>
/// Bounds how many sessions compute at once and serves them in the order they came, so that no call starves when a node is
/// full. The time in the queue is measured. Thread-safe.
/// </summary>
internal sealed class ComputeGate
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiting = new();
    private readonly string _engine;
    private readonly TimeProvider _time;
    private int _free;

    /// <param name="slots">Number of sessions that may compute at once, at least 1.</param>
    /// <param name="engine">The engine's name on the metric.</param>
    /// <param name="time">The clock of the metric.</param>
    public ComputeGate(int slots, string engine, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        _free = slots;
        _engine = engine;
        _time = time;
    }

    /// <summary>Sessions that wait now.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
                return _waiting.Count;
        }
    }

    /// <summary>Waits for a slot; each completed call is paired with one <see cref="Exit"/>.</summary>
    public ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<Waiter> node;
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                SpeechMetrics.RecordQueueDelay(_engine, TimeSpan.Zero);
                return ValueTask.CompletedTask;
            }

            node = _waiting.AddLast(new Waiter(_time.GetTimestamp()));
        }

        return new ValueTask(WaitAsync(node, cancellationToken));
    }

    /// <summary>Gives the slot to the one that waits longest.</summary>
    public void Exit()
    {
        Waiter next;
        lock (_lock)
        {
            if (_waiting.First is not { } first)
            {
                _free++;
                return;
            }

            _waiting.RemoveFirst();
            next = first.Value;
        }

        SpeechMetrics.RecordQueueDelay(_engine, _time.GetElapsedTime(next.Since));
        next.Entered.SetResult();
    }

    private async Task WaitAsync(LinkedListNode<Waiter> node, CancellationToken cancellationToken)
    {
        await using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            (_, token) =>
            {
                lock (_lock)
                {
                    if (node.List is null)
                        return; // Served already: the caller gets the slot and gives it back.
                    _waiting.Remove(node);
                }

                node.Value.Entered.SetCanceled(token);
            },
            null);
        await node.Value.Entered.Task;
    }

    private sealed class Waiter(long since)
    {
        public long Since { get; } = since;

        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
