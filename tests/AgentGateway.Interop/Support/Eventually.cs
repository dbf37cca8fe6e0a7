namespace AgentGateway.Interop.Support;

/// <summary>Polls another process, which cannot tell us when it is done.</summary>
internal static class Eventually
{
    internal static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan timeout, Func<string> message)
    {
        using var over = new CancellationTokenSource(timeout);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await condition())
        {
            try
            {
                await poll.WaitForNextTickAsync(over.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail(message());
            }
        }
    }
}
