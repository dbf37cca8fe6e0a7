namespace AgentGateway.Interop.Support;

/// <summary>Polls another process, which cannot tell us when it is done.</summary>
internal static class Eventually
{
    /// <summary>When a test that hangs ends, on the slowest machine; nothing is asserted by it.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    internal static Task TrueAsync(Func<Task<bool>> condition, Func<string> message) => TrueAsync(condition, Limit, message);

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
