using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Tools;
using Microsoft.Extensions.AI;

namespace AgentGateway.Providers.Tools;

/// <summary>
/// Makes the functions that an agent's tools are bound to. One per process: it holds the reservation books and the HTTP connections, which
/// all calls share. Thread-safe.
/// </summary>
public sealed class ToolFactory : IDisposable
{
    private readonly BuiltinTools _builtins;
    private readonly HttpClient _http;

    /// <summary>Creates the factory.</summary>
    /// <param name="time">The clock of built-in functions; the system's by default.</param>
    public ToolFactory(TimeProvider? time = null)
    {
        _builtins = new BuiltinTools(time);

        // No redirects and no cookies: a tool talks to the address in its file and to no other.
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>The functions of an agent's tools, in the order of its files.</summary>
    public IReadOnlyList<AIFunction> Create(AgentDefinition agent)
    {
        ArgumentNullException.ThrowIfNull(agent);
        return [.. agent.Tools.Select(tool => tool.Binding.Http is null ? _builtins.Create(agent, tool) : (AIFunction)new HttpToolFunction(agent, tool, _http))];
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
