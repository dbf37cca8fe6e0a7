using Microsoft.Extensions.AI;

namespace AgentGateway.Providers.Llm;

/// <summary>Who answers for an agent, and why.</summary>
/// <param name="Client">Answers; falls back to the agent's script or apology by itself. Not to be disposed: it is shared by calls.</param>
/// <param name="Provider">"openai", "ollama", "script" or "apology".</param>
/// <param name="Model">The model's name; the agent's name and version for a script.</param>
/// <param name="Reason">One sentence for logs and the console page. Holds no key.</param>
public sealed record LlmSelection(IChatClient Client, string Provider, string Model, string Reason);
