using System.Collections.Concurrent;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Script;
using AgentGateway.Providers.Resilience;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Providers.Llm;

/// <summary>
/// Decides who answers for an agent: a configured endpoint, an Ollama on this machine, those its file names as fallbacks, or the script of the file.
/// Endpoints' connections, circuit breakers and hedging budgets are shared by all calls. Thread-safe; one per process.
/// </summary>
public sealed partial class LlmSelector : IDisposable
{
    // The session gives up after the whole of it, and whoever is left then is not to blame: endpoints that hang must be found out before.
    private const double ShareOfFirstToken = 0.95;

    private readonly LlmSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HttpClient _http;
    private readonly ModelDirectory _models;
    private readonly ConcurrentDictionary<string, LlmResilience> _resilience = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, HedgeBudget> _hedgeBudgets = new(StringComparer.Ordinal);
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
    public ValueTask<LlmSelection> SelectAsync(AgentDefinition agent, CancellationToken cancellationToken) => SelectAsync(agent, null, cancellationToken);

    /// <summary>Decides for an agent that may ask for the hosting application's own client.</summary>
    /// <param name="agent">The agent; its llm options say what it wants.</param>
    /// <param name="application">Answers where the options say "host"; null for none.</param>
    /// <param name="cancellationToken">Ends the probe.</param>
    public async ValueTask<LlmSelection> SelectAsync(AgentDefinition agent, IChatClient? application, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(agent);
        LlmSelection selection = agent.Llm.Provider == "script"
            ? Embedded(agent, "the agent's file asks for the script")
            : await ChooseAsync(agent, application, cancellationToken).ConfigureAwait(false);
        if (!_lastPick.TryGetValue(agent.Name, out string? last) || last != selection.Reason)
        {
            _lastPick[agent.Name] = selection.Reason;
            LogPick(_logger, agent.Name, selection.Provider, selection.Model, selection.Reason);
        }

        return selection;
    }

    /// <summary>How the endpoints that were selected so far have been doing, by name.</summary>
    public IReadOnlyList<ProviderHealth> Health =>
        [.. _resilience.Values.Select(resilience => resilience.Circuit.Health).OrderBy(health => health.Name, StringComparer.Ordinal)];

    /// <summary>The last opening of a connection ahead of its use, for tests.</summary>
    internal Task Warming => _models.Warming;

    /// <inheritdoc/>
    public void Dispose()
    {
        _models.Dispose();
        _http.Dispose();
    }

    private async ValueTask<LlmSelection> ChooseAsync(AgentDefinition agent, IChatClient? application, CancellationToken cancellationToken)
    {
        LlmOptions llm = agent.Llm;
        List<Choice> choices = [];
        string missing = $"no endpoint or key is configured, and no Ollama with a chat model answers at {_settings.OllamaUrl}";
        Choice? first;
        switch (llm.Provider)
        {
            case "host":
                missing = "the agent's file asks for the application's chat client, but there is none";
                first = application is null ? null : new Choice(application, "host", agent.Name, $"{agent.Name}'s client in the application", null, "the agent's file asks for the application's chat client");
                break;
            case "openai":
                missing = "the agent's file asks for an OpenAI-compatible endpoint, but none is configured and there is no key";
                first = await OpenAiAsync(llm.BaseUrl, llm.Model, cancellationToken).ConfigureAwait(false);
                break;
            case "ollama":
                missing = $"the agent's file asks for Ollama, but none with a chat model answers at {_settings.OllamaUrl}";
                first = await OllamaAsync(llm.BaseUrl ?? _settings.OllamaUrl, llm.Model, _settings.ProbeTimeout * 4, cancellationToken).ConfigureAwait(false);
                break;
            default:
                first = await OpenAiAsync(llm.BaseUrl, llm.Model, cancellationToken).ConfigureAwait(false)
                    ?? await OllamaAsync(_settings.OllamaUrl, llm.Model, _settings.ProbeTimeout, cancellationToken).ConfigureAwait(false);
                break;
        }

        Add(first);
        foreach (LlmFallback fallback in llm.Fallbacks)
        {
            Add(fallback.Provider == "ollama"
                ? await OllamaAsync(fallback.BaseUrl ?? _settings.OllamaUrl, fallback.Model, _settings.ProbeTimeout, cancellationToken).ConfigureAwait(false)
                : await OpenAiAsync(fallback.BaseUrl, fallback.Model, cancellationToken).ConfigureAwait(false));
        }

        return choices.Count == 0 ? Embedded(agent, missing) : Remote(agent, choices);

        void Add(Choice? choice)
        {
            if (choice is not null && choices.TrueForAll(other => other.Name != choice.Name))
                choices.Add(choice);
        }
    }

    private async ValueTask<Choice?> OpenAiAsync(Uri? wantedUrl, string? wantedModel, CancellationToken cancellationToken)
    {
        Uri? configured = _settings.BaseUrl ?? (_settings.ApiKey is null ? null : LlmSettings.OpenAi);
        if ((wantedUrl ?? configured) is not { } baseUrl)
            return null;
        string? key = configured is not null && IsSameOrigin(configured, baseUrl) ? _settings.ApiKey : null;
        string? model = wantedModel ?? _settings.Model ?? (IsSameOrigin(baseUrl, LlmSettings.OpenAi) ? _settings.OpenAiModel : null);
        string modelFrom = wantedModel is not null ? "named by the agent's file" : "configured";
        if (model is null)
        {
            IReadOnlyList<string>? listed = await _models.OpenAiAsync(baseUrl, key, TimeSpan.FromSeconds(2), cancellationToken).ConfigureAwait(false);
            model = listed is { Count: > 0 } ? listed[0] : "default";
            modelFrom = listed is { Count: > 0 } ? "the first that the endpoint lists" : "no model is configured, and the endpoint lists none";
        }

        string urlFrom = wantedUrl is not null ? "the agent's file names the endpoint"
            : _settings.BaseUrl is not null ? "an endpoint is configured" : "a key for OpenAI is configured";
        return ToChoice("openai", new LlmEndpoint(baseUrl, model, key), $"{urlFrom} ({baseUrl}); the model {model} is {modelFrom}");
    }

    private async ValueTask<Choice?> OllamaAsync(Uri root, string? wantedModel, TimeSpan limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<string>? models = await _models.OllamaAsync(root, limit, cancellationToken).ConfigureAwait(false);
        if (models is not { Count: > 0 })
            return null;
        string? wanted = wantedModel ?? _settings.OllamaModel;
        string? model = wanted is null ? models[0] : models.FirstOrDefault(name => name == wanted || name.StartsWith(wanted + ":", StringComparison.Ordinal));
        return model is null ? null : ToChoice("ollama", new LlmEndpoint(new Uri(root, "/v1"), model, null), $"an Ollama answers at {root} and has {model}");
    }

    private Choice ToChoice(string provider, LlmEndpoint endpoint, string reason) =>
        new(new OpenAiChatClient(endpoint, _http), provider, endpoint.Model, endpoint.ToString(), endpoint, reason);

    private LlmSelection Remote(AgentDefinition agent, List<Choice> choices)
    {
        LlmOptions llm = agent.Llm;
        foreach (Choice choice in choices)
        {
            if (_settings.WarmConnections && choice.Endpoint is { } endpoint)
                _models.Warm(endpoint.BaseUrl, endpoint.ApiKey);
        }

        HedgeRule? hedge = llm.HedgePercent > 0
            ? new HedgeRule(_hedgeBudgets.GetOrAdd(agent.Name, _ => new HedgeBudget()), llm.HedgePercent, llm.HedgeAfter)
            : null;

        var client = new ResilientChatClient([.. choices.Select(Route)], hedge, llm.FirstTokenTimeout * ShareOfFirstToken, _time);
        string reason = string.Join("; then ", choices.Select((choice, index) => index == 0 ? choice.Reason : choice.Name));
        IChatClient? script = agent.Script is null ? null : Observed(new ScriptChatClient(agent, _time), "script", agent.Name);
        return new LlmSelection(client, script, choices[0].Provider, choices[0].Model, reason);
    }

    private LlmRoute Route(Choice choice) => new(
        Observed(choice.Client, choice.Provider, choice.Model),
        _resilience.GetOrAdd(choice.Name, name => new LlmResilience(
            _settings.Resilience, new ProviderCircuit("llm", name, _settings.Resilience.Circuit, LlmResilience.IsTrouble, _time, _logger), _time)));

    private LlmSelection Embedded(AgentDefinition agent, string reason) => agent.Script is null
        ? new LlmSelection(new NoModelChatClient(reason), null, "none", "", reason + "; the agent has no script, so it can only apologise")
        : new LlmSelection(Observed(new ScriptChatClient(agent, _time), "script", agent.Name), null, "script", $"{agent.Name}@{agent.Version}", reason);

    private ObservedChatClient Observed(IChatClient client, string provider, string model) => new(client, provider, model, _time);

    private static bool IsSameOrigin(Uri a, Uri b) =>
        Uri.Compare(a, b, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;

    /// <param name="Client">One attempt per request.</param>
    /// <param name="Provider">"openai", "ollama" or "host".</param>
    /// <param name="Model">The model's name.</param>
    /// <param name="Name">For people; what shares a circuit.</param>
    /// <param name="Endpoint">Where it is; null for the application's own.</param>
    /// <param name="Reason">Why it was chosen.</param>
    private sealed record Choice(IChatClient Client, string Provider, string Model, string Name, LlmEndpoint? Endpoint, string Reason);

    [LoggerMessage(6200, LogLevel.Information, "Agent {Agent} is answered by {Provider} ({Model}): {Reason}")]
    private static partial void LogPick(ILogger logger, string agent, string provider, string model, string reason);
}
