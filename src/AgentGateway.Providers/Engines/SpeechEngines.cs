using System.Collections.Concurrent;
using AgentGateway.Conversation.Ports;
using AgentGateway.Conversation.Session;
using AgentGateway.Providers.Espeak;
using AgentGateway.Providers.Flite;
using AgentGateway.Providers.Intonation;
using AgentGateway.Providers.Models;
using AgentGateway.Providers.OnnxRuntime;
using AgentGateway.Providers.PocketSphinx;
using AgentGateway.Providers.Resilience;
using AgentGateway.Providers.Sherpa;
using AgentGateway.Providers.Whisper;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Providers.Engines;

/// <summary>
/// The embedded speech engines of a process, loaded when first asked for and shared by all calls. Thread-safe. Owns what it gives out: dispose it
/// last, after the calls.
/// </summary>
public sealed partial class SpeechEngines : IAsyncDisposable
{
    // The session gives up after the whole of a limit, and whoever is left then is not to blame: engines that hang must be found out before.
    private const double ShareOfLimit = 0.95;

    // A session that opens and then breaks is a success and a failure.
    private static readonly CircuitOptions CircuitOfSpeech = new() { FailureRatio = 0.5 };
    private static readonly ProviderLimits Limits = new();

    private readonly SpeechEngineOptions _options;
    private readonly ModelStore _models;
    private readonly ILogger _logger;
    private readonly IProgress<ModelDownloadProgress>? _progress;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly Dictionary<string, ISpeechRecognizer> _recognizers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ISpeechSynthesizer> _synthesizers = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<(string Kind, string Name), ProviderCircuit> _circuits = new();

    private SpeechEngines(
        SpeechEngineOptions options, ModelStore models, IVoiceActivityModel voiceActivity, ILogger logger, IProgress<ModelDownloadProgress>? progress, TimeProvider time)
    {
        _options = options;
        _models = models;
        VoiceActivity = voiceActivity;
        _logger = logger;
        _progress = progress;
        _time = time;
    }

    /// <summary>The names <see cref="GetRecognizerAsync(string, CancellationToken)"/> takes.</summary>
    public static IReadOnlyList<string> RecognizerNames { get; } = ["auto", "sherpa", "whisper", "pocketsphinx"];

    /// <summary>The names <see cref="GetSynthesizerAsync(string, CancellationToken)"/> takes.</summary>
    public static IReadOnlyList<string> SynthesizerNames { get; } = ["auto", "flite", "espeak"];

    /// <summary>The voice activity model.</summary>
    public IVoiceActivityModel VoiceActivity { get; }

    /// <summary>The end-of-turn model; null when there is none.</summary>
    public IEndOfTurnModel? EndOfTurn { get; private init; }

    /// <summary>Why "auto" chose a lesser recogniser than sherpa, for the start-up page and the console; null when it did not.</summary>
    public string? RecognizerWarning { get; private set; }

    /// <summary>Finds the voice activity model and loads it; the other engines load when asked for.</summary>
    /// <param name="options">Which models.</param>
    /// <param name="models">Where they come from.</param>
    /// <param name="logger">Says what was chosen.</param>
    /// <param name="progress">Told about downloads; may be null.</param>
    /// <param name="time">The clock of metrics.</param>
    /// <param name="cancellationToken">Ends a download.</param>
    /// <exception cref="SpeechProviderException">The model or a native library is missing; the message says what to do.</exception>
    public static async Task<SpeechEngines> CreateAsync(
        SpeechEngineOptions options,
        ModelStore models,
        ILogger<SpeechEngines> logger,
        IProgress<ModelDownloadProgress>? progress = null,
        TimeProvider? time = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(models);
        string path;
        string name = options.VoiceActivityModel;
        if (ModelCatalog.Find(name) is { } known)
        {
            try
            {
                path = await models.GetFileAsync(known, progress, cancellationToken);
            }
            catch (ModelUnavailableException e)
            {
                throw new SpeechProviderException(e.Message, e);
            }
        }
        else
        {
            path = name;
            name = Path.GetFileNameWithoutExtension(path);
        }

        SileroVoiceActivityModel voiceActivity = SileroVoiceActivityModel.Load(path, name, options.Silero);
        try
        {
            IEndOfTurnModel? endOfTurn = await LoadEndOfTurnAsync(options, models, cancellationToken);
            return new SpeechEngines(options, models, voiceActivity, logger, progress, time ?? TimeProvider.System) { EndOfTurn = endOfTurn };
        }
        catch
        {
            voiceActivity.Dispose();
            throw;
        }
    }

    // A model of the catalogue is taken when it is there, else intonation alone; a path must be right.
    private static async Task<IEndOfTurnModel?> LoadEndOfTurnAsync(SpeechEngineOptions options, ModelStore models, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(options.EndOfTurnModel))
            return null;
        if (ModelCatalog.Find(options.EndOfTurnModel) is not { } known)
            return SmartTurnModel.Load(options.EndOfTurnModel, Path.GetFileNameWithoutExtension(options.EndOfTurnModel));
        if (await models.FindAsync(known, cancellationToken) is not { } folder)
            return new IntonationModel();
        string file = known.Variants.SelectMany(variant => variant.Files).Select(f => Path.Combine(folder, f.Name)).First(File.Exists);
        return SmartTurnModel.Load(file, known.Name);
    }

    /// <summary>The recogniser of that name, loaded on the first call.</summary>
    /// <param name="name">One of <see cref="RecognizerNames"/>. "auto" is sherpa when its model can be had, else PocketSphinx with a warning.</param>
    /// <param name="cancellationToken">Ends the wait or a download.</param>
    /// <exception cref="SpeechProviderException">It cannot be had; the message says what to do.</exception>
    public Task<ISpeechRecognizer> GetRecognizerAsync(string name, CancellationToken cancellationToken) =>
        GetAsync(_recognizers, name, LoadRecognizerAsync, cancellationToken);

    /// <summary>The synthesizer of that name, loaded on the first call.</summary>
    /// <param name="name">One of <see cref="SynthesizerNames"/>. "auto" is flite for English and espeak-ng for other languages.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SpeechProviderException">It cannot be had; the message says what to do.</exception>
    public Task<ISpeechSynthesizer> GetSynthesizerAsync(string name, CancellationToken cancellationToken) =>
        GetAsync(_synthesizers, name, LoadSynthesizerAsync, cancellationToken);

    /// <summary>The recogniser of that name with others behind it. Those that cannot be had are left out with a warning, unless none can.</summary>
    /// <param name="name">One of <see cref="RecognizerNames"/>.</param>
    /// <param name="fallbacks">More of them, asked in order when the one before cannot listen.</param>
    /// <param name="cancellationToken">Ends the wait or a download.</param>
    /// <exception cref="SpeechProviderException">None can be had; the message is about the first.</exception>
    public Task<ISpeechRecognizer> GetRecognizerAsync(string name, IReadOnlyList<string> fallbacks, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fallbacks);
        return fallbacks.Count == 0
            ? GetRecognizerAsync(name, cancellationToken)
            : GetAsync(_recognizers, ListOf(name, fallbacks), LoadListAsync, cancellationToken);

        async Task<ISpeechRecognizer> LoadListAsync(string list, CancellationToken token) => new FallbackRecognizer(
            await FindAsync("stt", list, _recognizers, LoadRecognizerAsync, engine => engine.Name, token), Limits.RecognizerOpen * ShareOfLimit, _time);
    }

    /// <summary>The synthesizer of that name with others behind it. Those that cannot be had are left out with a warning, unless none can.</summary>
    /// <param name="name">One of <see cref="SynthesizerNames"/>.</param>
    /// <param name="fallbacks">More of them, asked in order when the one before failed before its first sample.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SpeechProviderException">None can be had; the message is about the first.</exception>
    public Task<ISpeechSynthesizer> GetSynthesizerAsync(string name, IReadOnlyList<string> fallbacks, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fallbacks);
        return fallbacks.Count == 0
            ? GetSynthesizerAsync(name, cancellationToken)
            : GetAsync(_synthesizers, ListOf(name, fallbacks), LoadListAsync, cancellationToken);

        async Task<ISpeechSynthesizer> LoadListAsync(string list, CancellationToken token) => new FallbackSynthesizer(
            await FindAsync("tts", list, _synthesizers, LoadSynthesizerAsync, engine => engine.Name, token), Limits.FirstAudio * ShareOfLimit, _time);
    }

    /// <summary>How the engines that have others behind them, or stand behind others, have been doing.</summary>
    public IReadOnlyList<ProviderHealth> Health => [.. _circuits.Values.Select(circuit => circuit.Health).OrderBy(h => h.Kind + h.Name, StringComparer.Ordinal)];

    private static string ListOf(string name, IReadOnlyList<string> fallbacks) => string.Join('>', [name, .. fallbacks]);

    // The lock is held.
    private async Task<List<(T Engine, ProviderCircuit Circuit)>> FindAsync<T>(
        string kind, string list, Dictionary<string, T> engines, Func<string, CancellationToken, Task<T>> load, Func<T, string> nameOf, CancellationToken cancellationToken)
    {
        List<(T Engine, ProviderCircuit Circuit)> found = [];
        Exception? first = null;
        foreach (string name in list.Split('>'))
        {
            try
            {
                T engine = await GetLockedAsync(engines, name, load, cancellationToken);
                ProviderCircuit circuit = _circuits.GetOrAdd(
                    (kind, nameOf(engine)), key => new ProviderCircuit(kind, key.Name, CircuitOfSpeech, static _ => true, _time, _logger));
                if (found.TrueForAll(other => other.Circuit != circuit))
                    found.Add((engine, circuit));
            }
            catch (Exception e) when (e is SpeechProviderException or ModelUnavailableException)
            {
                first ??= e;
                LogNoFallback(kind, name, e.Message);
            }
        }

        return found.Count > 0 ? found : throw new SpeechProviderException(first!.Message, first);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (ISpeechRecognizer recognizer in _recognizers.Values)
            await recognizer.DisposeAsync();
        foreach (ISpeechSynthesizer synthesizer in _synthesizers.Values)
            await synthesizer.DisposeAsync();
        VoiceActivity.Dispose();
        (EndOfTurn as IDisposable)?.Dispose();
        _loading.Dispose();
    }

    private async Task<T> GetAsync<T>(
        Dictionary<string, T> engines, string name, Func<string, CancellationToken, Task<T>> load, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            return await GetLockedAsync(engines, name.ToLowerInvariant(), load, cancellationToken);
        }
        catch (ModelUnavailableException e)
        {
            throw new SpeechProviderException(e.Message, e);
        }
        finally
        {
            _loading.Release();
        }
    }

    // The lock is held: loading "auto" comes back here for its parts.
    private static async Task<T> GetLockedAsync<T>(
        Dictionary<string, T> engines, string name, Func<string, CancellationToken, Task<T>> load, CancellationToken cancellationToken)
    {
        if (engines.TryGetValue(name, out T? loaded))
            return loaded;
        T engine = await load(name, cancellationToken);
        engines[name] = engine;
        return engine;
    }

    private async Task<ISpeechRecognizer> LoadRecognizerAsync(string name, CancellationToken cancellationToken)
    {
        switch (name)
        {
            case "sherpa":
                string folder = ModelCatalog.Find(_options.SherpaModel) is { } known
                    ? await _models.GetAsync(known, _progress, cancellationToken)
                    : _options.SherpaModel;
                return SherpaRecognizer.Load(
                    SherpaModelFiles.Find(folder),
                    new SherpaRecognizerOptions
                    {
                        ModelName = Path.GetFileName(Path.TrimEndingDirectorySeparator(_options.SherpaModel)).Replace("sherpa-", string.Empty, StringComparison.Ordinal),
                        Language = _options.SherpaLanguage,
                        MaxConcurrency = _options.MaxConcurrency,
                    },
                    _time);
            case "whisper":
                string model = _options.WhisperModel ?? throw new SpeechProviderException(
                    "No Whisper model is configured: set WhisperModel to the path of a ggml file, or to whisper-tiny.en to have that fetched.");
                string path = ModelCatalog.Find(model) is { } whisper ? await _models.GetFileAsync(whisper, _progress, cancellationToken) : model;
                return WhisperRecognizer.Load(path, _options.Whisper, _time);
            case "pocketsphinx":
                return PocketSphinxRecognizer.Load(_options.PocketSphinx, _time);
            case "auto":
                return await LoadAutoRecognizerAsync(cancellationToken);
            default:
                throw new SpeechProviderException($"There is no speech recogniser named {name}: choose one of {string.Join(", ", RecognizerNames)}.");
        }
    }

    private async Task<ISpeechRecognizer> LoadAutoRecognizerAsync(CancellationToken cancellationToken)
    {
        ISpeechRecognizer? whisper = _options.WhisperModel is null
            ? null
            : await GetLockedAsync(_recognizers, "whisper", LoadRecognizerAsync, cancellationToken);
        try
        {
            ISpeechRecognizer sherpa = await GetLockedAsync(_recognizers, "sherpa", LoadRecognizerAsync, cancellationToken);
            LogRecognizer(sherpa.Name);
            return new AutoRecognizer(sherpa, _options.SherpaLanguage, whisper);
        }
        catch (Exception e) when (e is ModelUnavailableException or SpeechProviderException)
        {
            ISpeechRecognizer floor;
            try
            {
                floor = await GetLockedAsync(_recognizers, "pocketsphinx", LoadRecognizerAsync, cancellationToken);
            }
            catch (SpeechProviderException second)
            {
                throw new SpeechProviderException($"There is no speech recogniser. sherpa: {e.Message} PocketSphinx: {second.Message}", e);
            }

            RecognizerWarning =
                "Speech is recognised by PocketSphinx, which mishears about one word in three, because the better recogniser is missing: " + e.Message;
            LogFloor(floor.Name, e.Message);
            return new AutoRecognizer(floor, "en", whisper);
        }
    }

    private async Task<ISpeechSynthesizer> LoadSynthesizerAsync(string name, CancellationToken cancellationToken)
    {
        switch (name)
        {
            case "flite":
                return FliteSynthesizer.Load(_options.Flite, _time);
            case "espeak":
                return EspeakSynthesizer.Load(_time);
            case "auto":
                ISpeechSynthesizer flite = await GetLockedAsync(_synthesizers, "flite", LoadSynthesizerAsync, cancellationToken);
                ISpeechSynthesizer espeak;
                try
                {
                    espeak = await GetLockedAsync(_synthesizers, "espeak", LoadSynthesizerAsync, cancellationToken);
                }
                catch (SpeechProviderException e)
                {
                    // English agents need no espeak-ng; a request in another language then says what flite speaks.
                    LogNoEspeak(e.Message);
                    espeak = flite;
                }

                return new AutoSynthesizer(flite, espeak);
            default:
                throw new SpeechProviderException($"There is no speech synthesizer named {name}: choose one of {string.Join(", ", SynthesizerNames)}.");
        }
    }

    [LoggerMessage(6110, LogLevel.Information, "Speech is recognised by {Recognizer}")]
    private partial void LogRecognizer(string recognizer);

    [LoggerMessage(6111, LogLevel.Warning, "Speech is recognised by {Recognizer}, which mishears about one word in three, because the better recogniser is missing: {Reason}")]
    private partial void LogFloor(string recognizer, string reason);

    [LoggerMessage(6113, LogLevel.Warning, "The {Kind} engine {Name} of an agent's list is left out: {Reason}")]
    private partial void LogNoFallback(string kind, string name, string reason);

    [LoggerMessage(6112, LogLevel.Warning, "Only English can be spoken: {Reason}")]
    private partial void LogNoEspeak(string reason);
}
