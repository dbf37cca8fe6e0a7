namespace AgentGateway.Host.Tests.Signalling;

/// <summary>A folder with one agent, "relay", that needs no engines; deleted at the end.</summary>
internal sealed class AgentFolder : IDisposable
{
    internal AgentFolder()
    {
        string agent = Directory.CreateDirectory(System.IO.Path.Combine(Path, "relay")).FullName;
        File.WriteAllText(System.IO.Path.Combine(agent, "agent.md"), "---\ndisplay_name: Relay\ndescription: Returns packets.\nmode: echo-relay\n---\n");
    }

    internal string Path { get; } = Directory.CreateTempSubdirectory("agentgateway-agents-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
