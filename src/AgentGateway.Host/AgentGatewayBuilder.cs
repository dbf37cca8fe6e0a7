using Microsoft.Extensions.AI;

namespace AgentGateway.Host;

/// <summary>What an application adds to its gateway in code.</summary>
public sealed class AgentGatewayBuilder
{
    internal Dictionary<string, Func<IServiceProvider, IChatClient>> ChatClients { get; } = new(StringComparer.Ordinal);

    internal List<AIFunction> Tools { get; } = [];

    /// <summary>
    /// Answers an agent whose front matter says <c>llm: { provider: host }</c> with a chat client of the application: a model
    /// in process, another framework's chat service, a few lines of C#.
    /// </summary>
    /// <param name="agent">The agent's name: that of its folder.</param>
    /// <param name="factory">Makes the client, once per process; calls share it.</param>
    /// <exception cref="ArgumentException">The agent has a client already.</exception>
    public AgentGatewayBuilder AddChatClient(string agent, Func<IServiceProvider, IChatClient> factory)
    {
        ArgumentException.ThrowIfNullOrEmpty(agent);
        ArgumentNullException.ThrowIfNull(factory);
        ChatClients.Add(agent, factory);
        return this;
    }

    /// <summary>Gives every agent a tool written in C#, beside those of its file.</summary>
    public AgentGatewayBuilder AddTool(AIFunction tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        Tools.Add(tool);
        return this;
    }
}
