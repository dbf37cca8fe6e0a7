namespace AgentGateway.Host.Configuration;

/// <summary>Configuration section "Agents": where agent files are.</summary>
public sealed class AgentsOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Agents";

    /// <summary>The folder with one folder per agent; a relative one is looked for in the working directory, then beside the program.</summary>
    public string Path { get; set; } = "prompts";

    /// <summary>The folder that exists, or the one in the working directory.</summary>
    internal string Resolve()
    {
        string local = System.IO.Path.GetFullPath(Path);
        string beside = System.IO.Path.GetFullPath(Path, AppContext.BaseDirectory);
        return !Directory.Exists(local) && Directory.Exists(beside) ? beside : local;
    }

    internal IEnumerable<string> Validate()
    {
        if (!Directory.Exists(Resolve()))
            yield return $"{Section}:Path is '{Path}'; there is no such folder. Expected a folder with one folder per agent, each with an agent.md.";
    }
}
