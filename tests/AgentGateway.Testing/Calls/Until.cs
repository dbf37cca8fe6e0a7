namespace AgentGateway.Testing.Calls;

/// <summary>Waits for a fact of another thread that tells nobody when it changes.</summary>
public static class Until
{
    public static Task TrueAsync(Func<bool> condition, Func<string> message) => TrueAsync(() => Task.FromResult(condition()), message);

    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> message)
    {
        using var limit = new CancellationTokenSource(WebRtcCaller.Limit);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!await condition())
        {
            try
            {
                await poll.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException(message());
            }
        }
    }
}
