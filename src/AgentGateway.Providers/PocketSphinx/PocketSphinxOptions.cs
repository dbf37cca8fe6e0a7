namespace AgentGateway.Providers.PocketSphinx;

/// <summary>How PocketSphinx runs.</summary>
public sealed record PocketSphinxOptions
{
    /// <summary>The folder with en-us/, en-us.lm.bin and cmudict-en-us.dict, as Debian's pocketsphinx-en-us installs it.</summary>
    public string ModelFolder { get; init; } = "/usr/share/pocketsphinx/model/en-us";

    /// <summary>Decoders, each with a model of its own (some 100 MB): the number of callers that can speak at once. Default the number of cores.</summary>
    public int MaxDecoders { get; init; } = Environment.ProcessorCount;
}
