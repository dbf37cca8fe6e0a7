namespace AgentGateway.Conversation.Agents;

/// <summary>What a prompts folder holds.</summary>
/// <param name="Agents">Agents without problems, by name.</param>
/// <param name="Refused">Names of agents that are there but have problems.</param>
/// <param name="Problems">Every problem of every file, ordered by file and place.</param>
public sealed record AgentLoadResult(
    IReadOnlyDictionary<string, AgentDefinition> Agents, IReadOnlySet<string> Refused, IReadOnlyList<AgentProblem> Problems);
