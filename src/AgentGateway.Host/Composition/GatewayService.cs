using AgentGateway.Calls;
using AgentGateway.Conversation.Agents;

namespace AgentGateway.Host.Composition;

/// <summary>Brings the gateway up before HTTP listens, and ends the calls before it stops.</summary>
internal sealed class GatewayService(
    Engines engines, AgentCatalog catalog, ConversationFactory conversations, CallManager calls, CallLogs logs, WarmUp warmUp) : IHostedLifecycleService
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        logs.Prepare();

        // Beside each other: engines load on one core.
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task warm = warmUp.CallAsync(failed.Token);
        try
        {
            await engines.LoadAsync(cancellationToken);
        }
        catch
        {
            await failed.CancelAsync();
            await warm.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        catalog.Start();
        await warm;
        await warmUp.GreetAsync(catalog.Current.Agents.Values.FirstOrDefault(Greets), conversations.Silent, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await calls.DisposeAsync();
        await logs.DisposeAsync();
    }

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => warmUp.RequestAsync(cancellationToken);

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool Greets(AgentDefinition agent) => agent.Mode == AgentMode.Conversation && !string.IsNullOrWhiteSpace(agent.Greeting);
}
