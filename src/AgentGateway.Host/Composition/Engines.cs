using AgentGateway.Audio;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Ports;
using AgentGateway.Host.Configuration;
using AgentGateway.Providers.Engines;
using AgentGateway.Providers.Models;
using AgentGateway.Providers.Resilience;
using Microsoft.Extensions.Options;

namespace AgentGateway.Host.Composition;

/// <summary>
/// The speech engines of this process. What the agents need is loaded, and downloaded if need be, before calls are taken;
/// an engine that only a later agent asks for loads with its first call.
/// </summary>
internal sealed class Engines(IOptions<SpeechOptions> options, AgentCatalog catalog, ILoggerFactory loggerFactory) : IAsyncDisposable
{
    private readonly ModelStore _models = new(options.Value.ToStoreOptions(), loggerFactory.CreateLogger<ModelStore>());
    private readonly SortedDictionary<string, string> _names = new(StringComparer.Ordinal);
    private SpeechEngines? _speech;

    internal bool IsReady { get; private set; }

    internal IVoiceActivityModel VoiceActivity => Loaded.VoiceActivity;

    internal IEndOfTurnModel? EndOfTurn => Loaded.EndOfTurn;

    /// <summary>What listens and speaks, for operators.</summary>
    internal IReadOnlyDictionary<string, string> Names => _names;

    /// <summary>How engines with others behind them have been doing; empty before they are loaded.</summary>
    internal IReadOnlyList<ProviderHealth> Health => _speech?.Health ?? [];

    private SpeechEngines Loaded => _speech ?? throw new InvalidOperationException("The speech engines are not loaded yet.");

    /// <exception cref="SpeechProviderException">Something that the agents need is missing; the message says what to do.</exception>
    internal async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (!AudioNativeLibraries.TryLoad(out string? problem))
            throw new SpeechProviderException(problem);
        using var progress = new DownloadProgressBar();
        _speech = await SpeechEngines.CreateAsync(
            options.Value.ToEngineOptions(), _models, loggerFactory.CreateLogger<SpeechEngines>(), progress, cancellationToken: cancellationToken);
        _names["vad"] = _speech.VoiceActivity.Name;
        if (_speech.EndOfTurn is { } endOfTurn)
            _names["end_of_turn"] = endOfTurn.Name;
        foreach (AgentDefinition agent in catalog.Current.Agents.Values.Where(a => a.Mode == AgentMode.Conversation))
        {
            _names["stt"] = (await GetRecognizerAsync(agent, cancellationToken)).Name;
            _names["tts"] = (await GetSynthesizerAsync(agent, cancellationToken)).Name;
        }

        if (_speech.RecognizerWarning is { } warning)
            _names["warning"] = warning;
        IsReady = true;
    }

    internal Task<ISpeechRecognizer> GetRecognizerAsync(AgentDefinition agent, CancellationToken cancellationToken) =>
        Loaded.GetRecognizerAsync(agent.Stt.Provider, agent.Stt.Fallbacks, cancellationToken);

    internal Task<ISpeechSynthesizer> GetSynthesizerAsync(AgentDefinition agent, CancellationToken cancellationToken) =>
        Loaded.GetSynthesizerAsync(agent.Tts.Provider, agent.Tts.Fallbacks, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_speech is not null)
            await _speech.DisposeAsync();
        _models.Dispose();
    }
}
