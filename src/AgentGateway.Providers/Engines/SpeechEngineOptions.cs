using AgentGateway.Providers.Flite;
using AgentGateway.Providers.OnnxRuntime;
using AgentGateway.Providers.PocketSphinx;
using AgentGateway.Providers.Whisper;

namespace AgentGateway.Providers.Engines;

/// <summary>Which embedded speech engines and models a gateway uses.</summary>
public sealed record SpeechEngineOptions
{
    /// <summary>The voice activity model: "silero-vad-v5" (default), "silero-vad-v6", or the path of such a file.</summary>
    public string VoiceActivityModel { get; init; } = "silero-vad-v5";

    /// <summary>
    /// The sherpa model: a name of the catalogue (default "sherpa-zipformer-en-3.3M-gigaspeech-streaming"), or the path of a folder with a
    /// streaming transducer.
    /// </summary>
    public string SherpaModel { get; init; } = "sherpa-zipformer-en-3.3M-gigaspeech-streaming";

    /// <summary>The language of <see cref="SherpaModel"/> (primary BCP 47 subtag). Default "en".</summary>
    public string SherpaLanguage { get; init; } = "en";

    /// <summary>The path of a ggml file for Whisper, or a name of the catalogue ("whisper-tiny.en"); null: Whisper is only there by that name. Default null.</summary>
    public string? WhisperModel { get; init; }

    /// <summary>
    /// The end-of-turn model: a name of the catalogue (default "smart-turn-v3": used when its file is in the model store, never downloaded), or the path of
    /// such a file; null for none.
    /// </summary>
    public string? EndOfTurnModel { get; init; } = "smart-turn-v3";

    /// <summary>Recognition sessions that compute at once; default the number of cores.</summary>
    public int MaxConcurrency { get; init; } = Environment.ProcessorCount;

    /// <summary>How the voice activity model runs.</summary>
    public SileroOptions Silero { get; init; } = new();

    /// <summary>How Whisper runs.</summary>
    public WhisperOptions Whisper { get; init; } = new();

    /// <summary>How PocketSphinx runs.</summary>
    public PocketSphinxOptions PocketSphinx { get; init; } = new();

    /// <summary>How flite runs.</summary>
    public FliteOptions Flite { get; init; } = new();
}
