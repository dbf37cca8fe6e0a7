using Microsoft.Extensions.AI;

namespace AgentGateway.Host;

/// <summary>What an application adds to its gateway in code.</summary>
public sealed class AgentGatewayBuilder
{
    internal Dictionary<string, Func<IServiceProvider, IChatClient>> ChatClients { get; } = new(StringComparer.Ordinal);

    internal List<AIFunction> Tools { get; } = [];

    /// <summary>
    /// Answers the agents whose front matter says <c>llm: { provider: NAME }</c> with a chat client of the application: a
    /// model in process, another framework's chat service, a test double.
    /// </summary>
    /// <param name="provider">The provider's name: lower-case letters, digits, hyphens.</param>
    /// <param name="factory">Makes the client, once per process.</param>
    public AgentGatewayBuilder AddChatClient(string provider, Func<IServiceProvider, IChatClient> factory)
    {
        ArgumentException.ThrowIfNullOrEmpty(provider);
        ChatClients.Add(provider, factory);
        return this;
    }

    /// <summary>Gives every agent a tool written in C#, beside those of its file.</summary>
    public AgentGatewayBuilder AddTool(AIFunction tool)
    {
        Tools.Add(tool);
        return this;
    }
}
