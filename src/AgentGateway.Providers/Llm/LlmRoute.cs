using Microsoft.Extensions.AI;

namespace AgentGateway.Providers.Llm;

/// <summary>One of the endpoints that may answer for an agent.</summary>
/// <param name="Client">One attempt per request.</param>
/// <param name="Resilience">Shared by all clients of the endpoint.</param>
internal sealed record LlmRoute(IChatClient Client, LlmResilience Resilience)
{
    /// <summary>For messages; holds no key.</summary>
    public string Name => Resilience.Circuit.Name;
}
