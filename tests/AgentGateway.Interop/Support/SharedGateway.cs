namespace AgentGateway.Interop.Support;

/// <summary>A gateway for all tests of a class whose calls leave nothing behind for the next: its start costs more than most calls.</summary>
public sealed class SharedGateway : IAsyncLifetime
{
    internal GatewayProcess Process { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Process = await GatewayProcess.StartOnLoopbackAsync();

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
