using System.Text.Json.Serialization;
using AgentGateway.Calls;
using AgentGateway.Conversation.Agents;
using AgentGateway.Host.Composition;
using AgentGateway.Providers.Llm;
using AgentGateway.Providers.Resilience;

namespace AgentGateway.Host.Signalling;

/// <summary>
/// GET /healthz says that the process answers; GET /readyz whether it should get calls, and with which engines.
/// </summary>
internal static class HealthEndpoints
{
    internal static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => Results.Json(new Health("ok"), ApiJson.Default.Health));
        routes.MapGet("/readyz", (Engines engines, WarmUp warmUp, AgentCatalog catalog, CallManager calls, LlmSelector models) =>
        {
            bool ready = engines.IsReady && warmUp.IsDone && catalog.Current.Agents.Count > 0;
            var body = new Readiness(
                ready ? "ready" : "starting",
                calls.ActiveCalls,
                catalog.Current.Agents.Count,
                [.. catalog.Current.Problems.Select(p => p.ToString())],
                engines.Names,
                [.. models.Health.Concat(engines.Health).Select(Provider.Of)]);
            return Results.Json(body, ApiJson.Default.Readiness, statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        });
    }
}

/// <summary>The answer of GET /healthz.</summary>
internal sealed record Health([property: JsonPropertyName("status")] string Status);

/// <summary>The answer of GET /readyz.</summary>
internal sealed record Readiness(
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("active_calls")] int ActiveCalls,
    [property: JsonPropertyName("agents")] int Agents,
    [property: JsonPropertyName("agent_problems")] IReadOnlyList<string> AgentProblems,
    [property: JsonPropertyName("engines")] IReadOnlyDictionary<string, string> Engines,
    [property: JsonPropertyName("providers")] IReadOnlyList<Provider> Providers);

/// <summary>How a provider has been doing in this process.</summary>
internal sealed record Provider(
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("circuit")] string Circuit,
    [property: JsonPropertyName("answered")] long Answered,
    [property: JsonPropertyName("failed")] long Failed,
    [property: JsonPropertyName("hedges")] long Hedges,
    [property: JsonPropertyName("first_byte_p95_ms")] double? FirstByteP95,
    [property: JsonPropertyName("last_failure")] string? LastFailure)
{
    internal static Provider Of(ProviderHealth health) => new(
        health.Kind,
        health.Name,
        health.State switch { ProviderState.Open => "open", ProviderState.Probing => "probing", _ => "closed" },
        health.Answered,
        health.Failed,
        health.Hedges,
        health.FirstByte95?.TotalMilliseconds,
        health.LastFailure);
}
