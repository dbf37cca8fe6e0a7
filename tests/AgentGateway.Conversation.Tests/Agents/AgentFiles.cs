using System.Text;
using AgentGateway.Conversation.Agents;

namespace AgentGateway.Conversation.Tests.Agents;

/// <summary>Prompts folders in memory.</summary>
internal static class AgentFiles
{
    public const string Minimal = "---\ndisplay_name: Test\n---\n# System\nYou are a test.\n";

    public static AgentSourceFile File(string path, string text)
    {
        byte[] content = Encoding.UTF8.GetBytes(text);
        return new AgentSourceFile(path, content.Length, content);
    }

    public static AgentLoadResult Load(string agentFile, params (string Path, string Text)[] others) =>
        AgentLoader.Load([File("test/agent.md", agentFile), .. others.Select(other => File(other.Path, other.Text))]);

    /// <summary>The agent, which must be without problems.</summary>
    public static AgentDefinition Agent(string agentFile, params (string Path, string Text)[] others)
    {
        AgentLoadResult result = Load(agentFile, others);
        Assert.Empty(result.Problems);
        return result.Agents["test"];
    }

    /// <summary>The agents of the repository.</summary>
    public static AgentLoadResult Repository() =>
        AgentLoader.Load(AgentFolder.Read(Path.Combine(AgentGateway.Testing.TestPaths.RepositoryRoot, "prompts")));
}
