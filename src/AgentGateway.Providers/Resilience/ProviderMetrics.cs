using System.Diagnostics.Metrics;

namespace AgentGateway.Providers.Resilience;

/// <summary>What providers do, for OpenTelemetry.</summary>
internal static class ProviderMetrics
{
    /// <summary>The meter's name.</summary>
    internal const string Name = "AgentGateway.Providers.Resilience";

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Requests = Meter.CreateCounter<long>(
        "agentgateway.provider.requests", "{request}", "Requests to providers by outcome: answered, failed, overtaken, refused (left alone), abandoned (nobody wants it any more).");

    private static readonly Counter<long> Hedges = Meter.CreateCounter<long>(
        "agentgateway.provider.hedges", "{request}", "Second requests because the first provider took longer than it usually does: started, or capped by their cost.");

    private static readonly UpDownCounter<int> Open = Meter.CreateUpDownCounter<int>(
        "agentgateway.provider.open_circuits", "{provider}", "Providers that failed repeatedly and are left alone.");

    public static void CountRequest(string kind, string provider, string outcome) =>
        Requests.Add(1, new("kind", kind), new("provider", provider), new("outcome", outcome));

    public static void CountHedge(string kind, string provider, bool started) =>
        Hedges.Add(1, new("kind", kind), new("provider", provider), new("outcome", started ? "started" : "capped"));

    public static void AddOpen(string kind, string provider, int change) => Open.Add(change, new("kind", kind), new("provider", provider));
}
