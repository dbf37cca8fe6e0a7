using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Engines;
using AgentGateway.Providers.Recognition;

namespace AgentGateway.Providers.Whisper;

/// <summary>
/// Whisper through whisper.cpp: any ggml file, any language the model knows, text with case and punctuation. Not a streaming engine: an utterance is
/// transcribed when it ends, so its final comes later than sherpa's. Dispose it after its sessions.
/// </summary>
public sealed class WhisperRecognizer : ISpeechRecognizer
{
    private readonly WhisperModel _model;
    private readonly WhisperOptions _options;
    private readonly ComputeGate _gate;
    private readonly TimeProvider _time;

    private WhisperRecognizer(WhisperModel model, string name, WhisperOptions options, TimeProvider time)
    {
        _model = model;
        _options = options;
        _time = time;
        Name = name;
        _gate = new ComputeGate(options.MaxConcurrency, name, time);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Whether the model knows other languages than English.</summary>
    public bool IsMultilingual => _model.IsMultilingual;

    /// <summary>Loads a ggml model file of whisper.cpp.</summary>
    /// <exception cref="SpeechProviderException">The library or the file is missing, damaged or of another version.</exception>
    public static WhisperRecognizer Load(string path, WhisperOptions? options = null, TimeProvider? time = null)
    {
        WhisperModel model = WhisperModel.Load(path);
        string name = "whisper:" + Path.GetFileNameWithoutExtension(path);
        return new WhisperRecognizer(model, name, options ?? new WhisperOptions(), time ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public ValueTask<IRecognitionSession> OpenAsync(RecognitionOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        cancellationToken.ThrowIfCancellationRequested();
        string language = LanguageTag.Primary(options.Language);
        if (!_model.IsMultilingual && language != "en")
            throw new SpeechProviderException($"{Name} understands English, not {options.Language}: use a multilingual ggml model (one without .en in its name).");
        if (!WhisperModel.KnowsLanguage(language))
            throw new SpeechProviderException($"Whisper does not know the language {options.Language}.");
        string? prompt = options.Hints.Count == 0 ? null : string.Join(", ", options.Hints.Take(100));
        IUtteranceDecoder decoder = new WhisperUtteranceDecoder(_model, _options, _gate, language, prompt, Name);
        return new ValueTask<IRecognitionSession>(new QueuedRecognitionSession(decoder, Name, _time));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _model.Dispose();
        return ValueTask.CompletedTask;
    }
}
