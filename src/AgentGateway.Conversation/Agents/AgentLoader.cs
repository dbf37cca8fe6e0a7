using AgentGateway.Conversation.Agents.Loading;

namespace AgentGateway.Conversation.Agents;

/// <summary>
/// Turns the files of a prompts folder into agents. Pure: the same files give the same result. All problems are reported, not
/// only the first. Thread-safe.
/// </summary>
public static class AgentLoader
{
    /// <summary>The name of an agent's main file.</summary>
    public const string MainFile = "agent.md";

    /// <summary>The folder of partials.</summary>
    public const string SharedFolder = "_shared";

    /// <summary>Largest file that is read, in bytes.</summary>
    public const int MaxFileBytes = 256 * 1024;

    /// <summary>Most agents of a folder.</summary>
    public const int MaxAgents = 500;

    /// <summary>Loads all agents.</summary>
    /// <param name="files">The files of the folder; files that belong to no agent are ignored.</param>
    public static AgentLoadResult Load(IEnumerable<AgentSourceFile> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        Dictionary<string, AgentDefinition> agents = new(StringComparer.Ordinal);
        HashSet<string> refused = new(StringComparer.Ordinal);
        List<AgentProblem> problems = [];

        ILookup<string, AgentSourceFile> folders = files
            .Where(file => file.Path.Contains('/', StringComparison.Ordinal))
            .OrderBy(file => file.Path, StringComparer.Ordinal)
            .ToLookup(file => file.Path[..file.Path.IndexOf('/', StringComparison.Ordinal)], StringComparer.Ordinal);
        var partials = new PartialSet(folders[SharedFolder]);
        foreach (IGrouping<string, AgentSourceFile> folder in folders.Where(folder => !folder.Key.StartsWith('_') && !folder.Key.StartsWith('.')))
        {
            if (agents.Count + refused.Count >= MaxAgents)
            {
                problems.Add(new AgentProblem(folder.Key, 1, 1, $"more than {MaxAgents} agents; this one is not loaded"));
                continue;
            }

            var assembly = new AgentAssembly(folder.Key, [.. folder], partials);
            if (assembly.Build() is { } agent)
                agents.Add(agent.Name, agent);
            else
                refused.Add(folder.Key);
            problems.AddRange(assembly.Problems);
        }

        // A broken partial that several agents include is one problem, not several.
        return new AgentLoadResult(
            agents,
            refused,
            [.. problems.Distinct().OrderBy(p => p.File, StringComparer.Ordinal).ThenBy(p => p.Line).ThenBy(p => p.Column)]);
    }
}
