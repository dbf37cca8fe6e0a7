using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Engines;
using AgentGateway.Providers.Native;
using AgentGateway.Providers.Recognition;

namespace AgentGateway.Providers.PocketSphinx;

/// <summary>
/// PocketSphinx with Debian's English model: the recogniser of last resort, which needs no download. It makes about one error in three words and
/// takes a third of a core per speaking caller, so whoever chooses it automatically says so.
/// </summary>
public sealed class PocketSphinxRecognizer : ISpeechRecognizer
{
    private readonly PocketSphinxDecoderPool _pool;
    private readonly TimeProvider _time;

    private PocketSphinxRecognizer(PocketSphinxDecoderPool pool, TimeProvider time)
    {
        _pool = pool;
        _time = time;
    }

    /// <inheritdoc/>
    public string Name => EngineName;

    private const string EngineName = "pocketsphinx:en-us";

    /// <summary>Loads one decoder; takes some 0.5 s.</summary>
    /// <exception cref="SpeechProviderException">The library or the model is missing; the message names the Debian package.</exception>
    public static PocketSphinxRecognizer Load(PocketSphinxOptions? options = null, TimeProvider? time = null)
    {
        options ??= new PocketSphinxOptions();
        time ??= TimeProvider.System;
        NativeLibraries.Require(NativeLibraries.SphinxBase);
        NativeLibraries.Require(NativeLibraries.PocketSphinx);
        foreach (string part in (string[])["en-us", "en-us.lm.bin", "cmudict-en-us.dict"])
        {
            string path = Path.Combine(options.ModelFolder, part);
            if (!Path.Exists(path))
                throw new SpeechProviderException($"The PocketSphinx model file {path} is missing: install the Debian package pocketsphinx-en-us.");
        }

        PocketSphinxNative.SetLogFile(0);
        return new PocketSphinxRecognizer(new PocketSphinxDecoderPool(options, EngineName, time), time);
    }

    /// <inheritdoc/>
    public ValueTask<IRecognitionSession> OpenAsync(RecognitionOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        cancellationToken.ThrowIfCancellationRequested();
        if (!LanguageTag.IsSame(options.Language, "en"))
        {
            throw new SpeechProviderException(
                $"{Name} understands English, not {options.Language}: configure stt provider whisper with a multilingual model.");
        }

        return new ValueTask<IRecognitionSession>(
            new QueuedRecognitionSession(new PocketSphinxUtteranceDecoder(_pool, Name), Name, _time));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _pool.Dispose();
        return ValueTask.CompletedTask;
    }
}
