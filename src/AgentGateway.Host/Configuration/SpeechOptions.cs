using AgentGateway.Providers.Engines;
using AgentGateway.Providers.Models;

namespace AgentGateway.Host.Configuration;

/// <summary>Configuration section "Speech": engines and models.</summary>
public sealed class SpeechOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Speech";

    private static readonly SpeechEngineOptions Defaults = new();

    /// <summary>Where models are downloaded to; empty for ~/.cache/agentgateway/models.</summary>
    public string? ModelsPath { get; set; }

    /// <summary>Whether missing models may be downloaded.</summary>
    public bool AllowDownload { get; set; } = true;

    /// <summary>The voice activity model: a name of the catalogue or a file.</summary>
    public string VoiceActivityModel { get; set; } = Defaults.VoiceActivityModel;

    /// <summary>The streaming recogniser's model: a name of the catalogue or a folder.</summary>
    public string SherpaModel { get; set; } = Defaults.SherpaModel;

    /// <summary>The language of that model.</summary>
    public string SherpaLanguage { get; set; } = Defaults.SherpaLanguage;

    /// <summary>A ggml file, or a name of the catalogue, for Whisper; empty for none.</summary>
    public string? WhisperModel { get; set; }

    /// <summary>The end-of-turn model: a name of the catalogue, used when its file is in the model store, or a file; empty for none.</summary>
    public string? EndOfTurnModel { get; set; } = Defaults.EndOfTurnModel;

    /// <summary>Recognitions that compute at once, 1..256; 0 for the number of cores.</summary>
    public int MaxConcurrency { get; set; }

    internal IEnumerable<string> Validate()
    {
        if (MaxConcurrency is < 0 or > 256)
            yield return $"{Section}:MaxConcurrency is {MaxConcurrency}; expected 0..256.";
        foreach ((string key, string? value) in new[] { ("VoiceActivityModel", VoiceActivityModel), ("SherpaModel", SherpaModel), ("WhisperModel", WhisperModel), ("EndOfTurnModel", EndOfTurnModel) })
        {
            if (!string.IsNullOrEmpty(value) && ModelCatalog.Find(value) is null && !Path.Exists(value))
                yield return $"{Section}:{key} is '{value}'; expected a file or folder that exists, or a model's name in the catalogue.";
        }
    }

    internal ModelStoreOptions ToStoreOptions()
    {
        var options = new ModelStoreOptions { AllowDownload = AllowDownload };
        return string.IsNullOrEmpty(ModelsPath) ? options : options with { Folder = ModelsPath };
    }

    internal SpeechEngineOptions ToEngineOptions() => Defaults with
    {
        VoiceActivityModel = VoiceActivityModel,
        SherpaModel = SherpaModel,
        SherpaLanguage = SherpaLanguage,
        WhisperModel = string.IsNullOrEmpty(WhisperModel) ? null : WhisperModel,
        EndOfTurnModel = string.IsNullOrEmpty(EndOfTurnModel) ? null : EndOfTurnModel,
        MaxConcurrency = MaxConcurrency == 0 ? Defaults.MaxConcurrency : MaxConcurrency,
    };
}
