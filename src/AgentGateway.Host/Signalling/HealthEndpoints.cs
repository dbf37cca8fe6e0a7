using System.Text.Json.Serialization;
using AgentGateway.Calls;
using AgentGateway.Conversation.Agents;
using AgentGateway.Host.Composition;

namespace AgentGateway.Host.Signalling;

/// <summary>
/// GET /healthz says that the process answers; GET /readyz whether it should get calls, and with which engines.
/// </summary>
internal static class HealthEndpoints
{
    internal static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => Results.Json(new Health("ok"), ApiJson.Default.Health));
        routes.MapGet("/readyz", (Engines engines, WarmUp warmUp, AgentCatalog catalog, CallManager calls) =>
        {
            bool ready = engines.IsReady && warmUp.IsDone && catalog.Current.Agents.Count > 0;
            var body = new Readiness(
                ready ? "ready" : "starting",
                calls.ActiveCalls,
                catalog.Current.Agents.Count,
                [.. catalog.Current.Problems.Select(p => p.ToString())],
                engines.Names);
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
    [property: JsonPropertyName("engines")] IReadOnlyDictionary<string, string> Engines);
