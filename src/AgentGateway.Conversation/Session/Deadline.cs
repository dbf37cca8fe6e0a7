namespace AgentGateway.Conversation.Session;

/// <summary>A time limit that can be moved while it runs, linked to the owner's cancellation.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _linked;
    private readonly CancellationToken _owner;

    public Deadline(TimeSpan limit, TimeProvider time, CancellationToken owner)
    {
        _owner = owner;
        _timer = new CancellationTokenSource(limit, time);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(owner, _timer.Token);
    }

    /// <summary>Cancelled by the limit or by the owner.</summary>
    public CancellationToken Token => _linked.Token;

    /// <summary>Whether the limit passed, and not the owner's patience.</summary>
    public bool Expired => _timer.IsCancellationRequested && !_owner.IsCancellationRequested;

    /// <summary>Starts the limit anew; one that passed stays passed.</summary>
    public void Extend(TimeSpan limit) => _timer.CancelAfter(limit);

    /// <inheritdoc/>
    public void Dispose()
    {
        _linked.Dispose();
        _timer.Dispose();
    }

    /// <summary>Waits for a provider's answer no longer than the limit, whether or not the provider honours its token.</summary>
    /// <exception cref="TimeoutException">The limit passed.</exception>
    public async Task<T> WaitAsync<T>(Task<T> task)
    {
        try
        {
            return await task.WaitAsync(Token);
        }
        catch (OperationCanceledException) when (Expired)
        {
            throw new TimeoutException();
        }
    }

    /// <summary>
    /// Enumerates a provider's stream: the first item within the limit, each further one within <paramref name="next"/>.
    /// A provider that ignores its token is left behind and disposed when it returns.
    /// </summary>
    /// <exception cref="TimeoutException">The limit passed.</exception>
    public async IAsyncEnumerable<T> EnumerateAsync<T>(IAsyncEnumerable<T> source, TimeSpan next)
    {
        IAsyncEnumerator<T> items = source.GetAsyncEnumerator(Token);
        bool left = false;
        try
        {
            while (true)
            {
                Task<bool> move = items.MoveNextAsync().AsTask();
                bool more;
                try
                {
                    more = await WaitAsync(move);
                }
                catch when (!move.IsCompleted)
                {
                    left = true;
                    _ = DisposeLaterAsync(move, items);
                    throw;
                }

                if (!more)
                    yield break;
                // What the consumer does with an item is not the provider's slowness.
                Extend(Timeout.InfiniteTimeSpan);
                yield return items.Current;
                Extend(next);
            }
        }
        finally
        {
            if (!left)
                await items.DisposeAsync();
        }
    }

    private static async Task DisposeLaterAsync<T>(Task<bool> move, IAsyncEnumerator<T> items)
    {
        try
        {
            await move;
        }
        catch (Exception)
        {
            // Its failure was reported as a timeout already.
        }

        await items.DisposeAsync();
    }
}
