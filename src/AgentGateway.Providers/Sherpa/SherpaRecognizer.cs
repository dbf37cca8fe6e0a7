using System.Runtime.InteropServices;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Engines;
using AgentGateway.Providers.Native;
using AgentGateway.Providers.Recognition;

namespace AgentGateway.Providers.Sherpa;

/// <summary>
/// Streaming speech recognition with a transducer on sherpa-onnx. The model is loaded once; each session has a native stream
/// per utterance. Text is lower case without punctuation, as the model has no case. Hints are ignored (greedy search).
/// </summary>
public sealed class SherpaRecognizer : ISpeechRecognizer
{
    private readonly SherpaRecognizerHandle _handle;
    private readonly SherpaRecognizerOptions _options;
    private readonly ComputeGate _gate;
    private readonly TimeProvider _time;

    private SherpaRecognizer(SherpaRecognizerHandle handle, SherpaRecognizerOptions options, TimeProvider time)
    {
        _handle = handle;
        _options = options;
        _time = time;
        Name = "sherpa:" + options.ModelName;
        _gate = new ComputeGate(options.MaxConcurrency, Name, time);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Loads the model; takes some 0.3 s for a small one.</summary>
    /// <exception cref="SpeechProviderException">The native library or a file is missing, or the files do not fit each other.</exception>
    public static SherpaRecognizer Load(SherpaModelFiles files, SherpaRecognizerOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        NativeLibraries.Require(NativeLibraries.OnnxRuntime);
        NativeLibraries.Require(NativeLibraries.Sherpa);
        foreach (string file in (string[])[files.Encoder, files.Decoder, files.Joiner, files.Tokens])
        {
            if (!File.Exists(file))
                throw new SpeechProviderException($"The speech recognition model file {file} does not exist.");
        }

        return new SherpaRecognizer(CreateRecognizer(files), options ?? new SherpaRecognizerOptions(), time ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public ValueTask<IRecognitionSession> OpenAsync(RecognitionOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        cancellationToken.ThrowIfCancellationRequested();
        if (_options.Language is { } language && !LanguageTag.IsSame(options.Language, language))
        {
            throw new SpeechProviderException(
                $"{Name} understands {language}, not {options.Language}: configure a model for that language, or stt provider whisper with a multilingual model.");
        }

        return new ValueTask<IRecognitionSession>(new QueuedRecognitionSession(CreateDecoder(), Name, _time));
    }

    internal IUtteranceDecoder CreateDecoder() => new SherpaUtteranceDecoder(_handle, _options, _gate);

    /// <summary>Frees the model once the last session is gone.</summary>
    public ValueTask DisposeAsync()
    {
        _handle.Dispose();
        return ValueTask.CompletedTask;
    }

    private static unsafe SherpaRecognizerHandle CreateRecognizer(SherpaModelFiles files)
    {
        using NativeStrings strings = new();
        SherpaNative.OnlineRecognizerConfig config = new()
        {
            SampleRate = 16000,
            FeatureDimension = 80,
            Model = new SherpaNative.OnlineModelConfig
            {
                TransducerEncoder = strings.Add(files.Encoder),
                TransducerDecoder = strings.Add(files.Decoder),
                TransducerJoiner = strings.Add(files.Joiner),
                Tokens = strings.Add(files.Tokens),
                NumThreads = 1,
                Provider = strings.Add("cpu"),
            },
            DecodingMethod = strings.Add("greedy_search"),
            MaxActivePaths = 4,
        };

        nint recognizer = SherpaNative.CreateOnlineRecognizer(&config);
        if (recognizer == 0)
        {
            throw new SpeechProviderException(
                $"sherpa-onnx {Marshal.PtrToStringUTF8(SherpaNative.GetVersion())} refused the model in {Path.GetDirectoryName(files.Encoder)}: " +
                "the files are damaged or of different models; delete the folder to have it fetched again.");
        }

        return new SherpaRecognizerHandle(recognizer);
    }
}
