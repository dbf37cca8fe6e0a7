using System.Text.Json.Serialization;
using AgentGateway.Conversation.Agents;

namespace AgentGateway.Host.Signalling;

/// <summary>GET /v1/agents: what a caller can choose from.</summary>
internal static class AgentEndpoints
{
    internal static void MapAgents(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/agents", (AgentCatalog catalog) => Results.Json(
            new AgentList([.. catalog.Current.Agents.Values.OrderBy(a => a.Name, StringComparer.Ordinal).Select(AgentSummary.From)]), ApiJson.Default.AgentList));
}

/// <summary>The answer of GET /v1/agents.</summary>
internal sealed record AgentList([property: JsonPropertyName("agents")] IReadOnlyList<AgentSummary> Agents);

/// <summary>An agent as callers see it: no prompts.</summary>
internal sealed record AgentSummary(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("display_name")] string DisplayName,
    [property: JsonPropertyName("description")] string Description,
    [property: JsonPropertyName("language")] string Language,
    [property: JsonPropertyName("mode")] string Mode,
    [property: JsonPropertyName("version")] string Version)
{
    internal static AgentSummary From(AgentDefinition agent) => new(
        agent.Name,
        agent.DisplayName,
        agent.Description,
        agent.Language,
        agent.Mode switch { AgentMode.Echo => "echo", AgentMode.EchoRelay => "echo-relay", _ => "conversation" },
        agent.Version);
}
