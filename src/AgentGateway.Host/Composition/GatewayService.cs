using AgentGateway.Calls;
using AgentGateway.Conversation.Agents;

namespace AgentGateway.Host.Composition;

/// <summary>Brings the gateway up before HTTP listens, and ends the calls before it stops.</summary>
internal sealed class GatewayService(Engines engines, AgentCatalog catalog, CallManager calls) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        engines.Load();
        catalog.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken) => await calls.DisposeAsync();
}
