namespace AgentGateway.Calls.Tests.Support;

/// <summary>Waits for a counter of another thread that tells nobody when it changes.</summary>
internal static class Until
{
    internal static async Task TrueAsync(Func<bool> condition, Func<string> message)
    {
        using var limit = new CancellationTokenSource(Testing.Calls.WebRtcCaller.Limit);
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
        {
            try
            {
                await poll.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail(message());
            }
        }
    }
}
