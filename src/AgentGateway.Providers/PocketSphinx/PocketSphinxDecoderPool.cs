using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Engines;
using AgentGateway.Providers.Native;

namespace AgentGateway.Providers.PocketSphinx;

/// <summary>
/// Native decoders, which cannot share a model nor serve two utterances at once. One is made at start, the others when first needed; utterances
/// wait for one in the order they came. Thread-safe.
/// </summary>
internal sealed class PocketSphinxDecoderPool : IDisposable
{
    private readonly PocketSphinxOptions _options;
    private readonly ComputeGate _gate;
    private readonly Lock _lock = new();
    private readonly Stack<nint> _idle = new();
    private bool _disposed;

    public PocketSphinxDecoderPool(PocketSphinxOptions options, string engine, TimeProvider time)
    {
        _options = options;
        _gate = new ComputeGate(options.MaxDecoders, engine, time);
        _idle.Push(CreateDecoder(options));
    }

    /// <summary>Takes a decoder; give it back with <see cref="Return"/>.</summary>
    public async ValueTask<nint> RentAsync(CancellationToken cancellationToken)
    {
        await _gate.EnterAsync(cancellationToken);
        try
        {
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                if (_idle.TryPop(out nint idle))
                    return idle;
            }

            return CreateDecoder(_options);
        }
        catch
        {
            _gate.Exit();
            throw;
        }
    }

    public void Return(nint decoder)
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                _idle.Push(decoder);
                decoder = 0;
            }
        }

        if (decoder != 0)
            _ = PocketSphinxNative.Free(decoder);
        _gate.Exit();
    }

    public void Dispose()
    {
        nint[] idle;
        lock (_lock)
        {
            _disposed = true;
            idle = [.. _idle];
            _idle.Clear();
        }

        foreach (nint decoder in idle)
            _ = PocketSphinxNative.Free(decoder);
    }

    private static unsafe nint CreateDecoder(PocketSphinxOptions options)
    {
        using NativeStrings strings = new();
        string[] arguments =
        [
            "agentgateway",
            "-hmm", Path.Combine(options.ModelFolder, "en-us"),
            "-lm", Path.Combine(options.ModelFolder, "en-us.lm.bin"),
            "-dict", Path.Combine(options.ModelFolder, "cmudict-en-us.dict"),
            "-logfn", "/dev/null",
        ];
        nint[] values = Array.ConvertAll(arguments, strings.Add);
        nint config;
        fixed (nint* data = values)
            config = PocketSphinxNative.ParseArguments(0, PocketSphinxNative.GetArguments(), values.Length, data, 1);
        if (config == 0)
            throw new SpeechProviderException("PocketSphinx refused its configuration: install the Debian package libpocketsphinx3.");
        nint decoder = PocketSphinxNative.Create(config);
        _ = PocketSphinxNative.FreeArguments(config); // The decoder keeps a reference.
        if (decoder == 0)
            throw new SpeechProviderException($"PocketSphinx could not load the model in {options.ModelFolder}: install the Debian package pocketsphinx-en-us.");
        return decoder;
    }
}
