using Microsoft.Extensions.AI;

namespace AgentGateway.Providers.Llm;

/// <summary>Who answers for an agent, and why. The clients are shared by calls and not to be disposed.</summary>
/// <param name="Client">Answers; fails with <see cref="Conversation.Ports.LlmException"/>.</param>
/// <param name="Fallback">Answers when it fails before its first word: the agent's script. Null when there is none, or it is the client already.</param>
/// <param name="Provider">"openai", "ollama", "script" or "none".</param>
/// <param name="Model">The model's name; the agent's name and version for a script; empty for none.</param>
/// <param name="Reason">One sentence for logs and the console page. Holds no key.</param>
public sealed record LlmSelection(IChatClient Client, IChatClient? Fallback, string Provider, string Model, string Reason);
