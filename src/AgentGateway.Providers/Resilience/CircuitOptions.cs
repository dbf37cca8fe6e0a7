namespace AgentGateway.Providers.Resilience;

/// <summary>When a provider is left alone, and for how long.</summary>
public sealed record CircuitOptions
{
    /// <summary>Requests within <see cref="Window"/> before the circuit can open, at least 2.</summary>
    public int Throughput { get; init; } = 4;

    /// <summary>Share of failed requests that opens the circuit, above 0, at most 1.</summary>
    public double FailureRatio { get; init; } = 0.6;

    /// <summary>Window over which failures are counted, at least 0.5 s.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the circuit stays open before one request probes, at least 0.5 s.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(10);
}
