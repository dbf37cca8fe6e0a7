using AgentGateway.Calls;
using AgentGateway.Conversation.Agents;

namespace AgentGateway.Host.Composition;

/// <summary>Brings the gateway up before HTTP listens, and ends the calls before it stops.</summary>
internal sealed class GatewayService(Engines engines, AgentCatalog catalog, CallManager calls, CallLogs logs) : IHostedService
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        logs.Prepare();
        await engines.LoadAsync(cancellationToken);
        catalog.Start();
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await calls.DisposeAsync();
        await logs.DisposeAsync();
    }
}
