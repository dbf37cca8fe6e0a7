using System.Collections.Concurrent;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Script;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Providers.Llm;

/// <summary>
/// Decides who answers for an agent: a configured endpoint, an Ollama on this machine, or the script of the agent's file. Endpoints' connections
/// and circuit breakers are shared by all calls. Thread-safe; one per process.
/// </summary>
public sealed partial class LlmSelector : IDisposable
{
    private readonly LlmSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HttpClient _http;
    private readonly ModelDirectory _models;
    private readonly ConcurrentDictionary<string, LlmResilience> _resilience = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _lastPick = new(StringComparer.Ordinal);

    /// <summary>Creates the selector; nothing is asked before the first selection.</summary>
    public LlmSelector(LlmSettings settings, TimeProvider time, ILogger<LlmSelector> logger)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _time = time;
        _logger = logger;

        // No redirects: a key would go wherever an endpoint points.
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(15),

            // Callers think longer than the default minute: the next turn must not pay for a handshake.
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5),
            UseCookies = false,
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _models = new ModelDirectory(_http, time, settings.ProbeLifetime);
    }

    /// <summary>Decides; takes at most the probe's time when it must look for an Ollama.</summary>
    /// <param name="agent">The agent; its llm options say what it wants.</param>
    /// <param name="cancellationToken">Ends the probe.</param>
    public async ValueTask<LlmSelection> SelectAsync(AgentDefinition agent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(agent);
        LlmSelection selection = agent.Llm.Provider switch
        {
            "script" => Embedded(agent, "the agent's file asks for the script"),
            "openai" => await OpenAiAsync(agent, cancellationToken).ConfigureAwait(false)
                ?? Embedded(agent, "the agent's file asks for an OpenAI-compatible endpoint, but none is configured and there is no key"),
            "ollama" => await OllamaAsync(agent, agent.Llm.BaseUrl ?? _settings.OllamaUrl, _settings.ProbeTimeout * 4, cancellationToken).ConfigureAwait(false)
                ?? Embedded(agent, $"the agent's file asks for Ollama, but none with a chat model answers at {_settings.OllamaUrl}"),
            _ => await OpenAiAsync(agent, cancellationToken).ConfigureAwait(false)
                ?? await OllamaAsync(agent, _settings.OllamaUrl, _settings.ProbeTimeout, cancellationToken).ConfigureAwait(false)
                ?? Embedded(agent, $"no endpoint or key is configured, and no Ollama with a chat model answers at {_settings.OllamaUrl}"),
        };
        if (!_lastPick.TryGetValue(agent.Name, out string? last) || last != selection.Reason)
        {
            _lastPick[agent.Name] = selection.Reason;
            LogPick(_logger, agent.Name, selection.Provider, selection.Model, selection.Reason);
        }

        return selection;
    }

    /// <summary>The last opening of a connection ahead of its use, for tests.</summary>
    internal Task Warming => _models.Warming;

    /// <inheritdoc/>
    public void Dispose()
    {
        _models.Dispose();
        _http.Dispose();
    }

    private async ValueTask<LlmSelection?> OpenAiAsync(AgentDefinition agent, CancellationToken cancellationToken)
    {
        Uri? configured = _settings.BaseUrl ?? (_settings.ApiKey is null ? null : LlmSettings.OpenAi);
        if ((agent.Llm.BaseUrl ?? configured) is not { } baseUrl)
            return null;
        string? key = configured is not null && IsSameOrigin(configured, baseUrl) ? _settings.ApiKey : null;
        string? model = agent.Llm.Model ?? _settings.Model ?? (IsSameOrigin(baseUrl, LlmSettings.OpenAi) ? _settings.OpenAiModel : null);
        string modelFrom = agent.Llm.Model is not null ? "named by the agent's file" : "configured";
        if (model is null)
        {
            IReadOnlyList<string>? listed = await _models.OpenAiAsync(baseUrl, key, TimeSpan.FromSeconds(2), cancellationToken).ConfigureAwait(false);
            model = listed is { Count: > 0 } ? listed[0] : "default";
            modelFrom = listed is { Count: > 0 } ? "the first that the endpoint lists" : "no model is configured, and the endpoint lists none";
        }

        string urlFrom = agent.Llm.BaseUrl is not null ? "the agent's file names the endpoint"
            : _settings.BaseUrl is not null ? "an endpoint is configured" : "a key for OpenAI is configured";
        return Remote(agent, "openai", new LlmEndpoint(baseUrl, model, key), $"{urlFrom} ({baseUrl}); the model {model} is {modelFrom}");
    }

    private async ValueTask<LlmSelection?> OllamaAsync(AgentDefinition agent, Uri root, TimeSpan limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<string>? models = await _models.OllamaAsync(root, limit, cancellationToken).ConfigureAwait(false);
        if (models is not { Count: > 0 })
            return null;
        string? wanted = agent.Llm.Model ?? _settings.OllamaModel;
        string? model = wanted is null ? models[0] : models.FirstOrDefault(name => name == wanted || name.StartsWith(wanted + ":", StringComparison.Ordinal));
        return model is null
            ? null
            : Remote(agent, "ollama", new LlmEndpoint(new Uri(root, "/v1"), model, null), $"an Ollama answers at {root} and has {model}");
    }

    private LlmSelection Remote(AgentDefinition agent, string provider, LlmEndpoint endpoint, string reason)
    {
        LlmResilience resilience = _resilience.GetOrAdd($"{endpoint.BaseUrl}|{endpoint.Model}", _ => new LlmResilience(_settings.Resilience, _time));
        var resilient = new ResilientChatClient(new OpenAiChatClient(endpoint, _http), resilience, agent.Llm.FirstTokenTimeout, endpoint.ToString());
        if (_settings.WarmConnections)
            _models.Warm(endpoint.BaseUrl, endpoint.ApiKey);
        IChatClient? script = agent.Script is null ? null : Observed(new ScriptChatClient(agent, _time), "script", agent.Name);
        return new LlmSelection(Observed(resilient, provider, endpoint.Model), script, provider, endpoint.Model, reason);
    }

    private LlmSelection Embedded(AgentDefinition agent, string reason) => agent.Script is null
        ? new LlmSelection(new NoModelChatClient(reason), null, "none", "", reason + "; the agent has no script, so it can only apologise")
        : new LlmSelection(Observed(new ScriptChatClient(agent, _time), "script", agent.Name), null, "script", $"{agent.Name}@{agent.Version}", reason);

    private ObservedChatClient Observed(IChatClient client, string provider, string model) => new(client, provider, model, _time);

    private static bool IsSameOrigin(Uri a, Uri b) =>
        Uri.Compare(a, b, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;

    [LoggerMessage(6200, LogLevel.Information, "Agent {Agent} is answered by {Provider} ({Model}): {Reason}")]
    private static partial void LogPick(ILogger logger, string agent, string provider, string model, string reason);
}
