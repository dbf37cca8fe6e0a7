namespace AgentGateway.Providers.Models;

/// <summary>Where models are kept and whether they may be fetched.</summary>
public sealed record ModelStoreOptions
{
    /// <summary>The environment variable that names <see cref="MirrorFolder"/>.</summary>
    public const string MirrorVariable = "AGENTGATEWAY_MODEL_MIRROR";

    /// <summary>The environment variable that names <see cref="Folder"/>.</summary>
    public const string FolderVariable = "AGENTGATEWAY_MODELS";

    /// <summary>The folder models are downloaded into: one folder per model. Default: AGENTGATEWAY_MODELS, else ~/.cache/agentgateway/models.</summary>
    public string Folder { get; init; } = DefaultFolder();

    /// <summary>A read-only folder with models, looked in before anything is downloaded. Default: AGENTGATEWAY_MODEL_MIRROR.</summary>
    public string? MirrorFolder { get; init; } =
        Environment.GetEnvironmentVariable(MirrorVariable) is { Length: > 0 } mirror ? mirror : null;

    /// <summary>Whether missing models may be fetched. Default true.</summary>
    public bool AllowDownload { get; init; } = true;

    /// <summary>Tries of a download; a later try resumes where the earlier broke off. Default 3.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>Time without a byte after which a try is given up. Default 30 s.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest download of unknown size, in bytes. Default 4 GiB.</summary>
    public long MaxUnknownBytes { get; init; } = 4L << 30;

    private static string DefaultFolder()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } configured)
            return configured;
        string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(cache))
            cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(cache, "agentgateway", "models");
    }
}
