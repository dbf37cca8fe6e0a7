namespace AgentGateway.Conversation.Agents;

/// <summary>The agents that are served at one moment. Immutable; a call keeps the definition it began with.</summary>
public sealed record AgentSnapshot
{
    /// <summary>No agents.</summary>
    public static AgentSnapshot Empty { get; } = new();

    /// <summary>Counts changes; 0 before the first load.</summary>
    public long Generation { get; init; }

    /// <summary>Agents by name. An agent whose files have problems is here with its last good version, if it had one.</summary>
    public IReadOnlyDictionary<string, AgentDefinition> Agents { get; init; } = new Dictionary<string, AgentDefinition>();

    /// <summary>Problems of the files as they are now; empty when all is well.</summary>
    public IReadOnlyList<AgentProblem> Problems { get; init; } = [];

    /// <summary>
    /// The snapshot after a load: good agents replace their earlier versions, refused ones keep theirs, agents whose folder is gone are gone.
    /// </summary>
    public AgentSnapshot With(AgentLoadResult loaded)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        Dictionary<string, AgentDefinition> agents = new(loaded.Agents, StringComparer.Ordinal);
        foreach (string name in loaded.Refused)
        {
            if (Agents.TryGetValue(name, out AgentDefinition? lastGood))
                agents[name] = lastGood;
        }

        foreach ((string name, AgentDefinition agent) in loaded.Agents)
        {
            // The same version stays the same object: nobody needs to notice that its folder was read again.
            if (Agents.TryGetValue(name, out AgentDefinition? known) && known.Version == agent.Version)
                agents[name] = known;
        }

        return new AgentSnapshot { Generation = Generation + 1, Agents = agents, Problems = loaded.Problems };
    }
}
