using System.Runtime.InteropServices;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Engines;
using AgentGateway.Providers.Recognition;

namespace AgentGateway.Providers.PocketSphinx;

/// <summary>
/// Decodes the utterances of one session. A decoder is rented with the first audio of an utterance and given back at its end; until then audio
/// collects, at most 30 s, oldest dropped and counted.
/// </summary>
internal sealed class PocketSphinxUtteranceDecoder(PocketSphinxDecoderPool pool, string engine) : IUtteranceDecoder
{
    private const int MaxPendingSamples = 30 * 16000;
    private readonly List<short> _pending = [];
    private nint _decoder;

    public void Accept(ReadOnlySpan<short> pcm)
    {
        int excess = _pending.Count + pcm.Length - MaxPendingSamples;
        if (excess > 0)
        {
            int drop = Math.Min(excess, _pending.Count);
            _pending.RemoveRange(0, drop);
            SpeechMetrics.AddDropped(engine, drop);
        }

        _pending.AddRange(pcm);
    }

    public async ValueTask<string?> DecodeAsync(CancellationToken cancellationToken)
    {
        if (_pending.Count == 0)
            return null;
        await StartAsync(cancellationToken);
        ProcessPending();
        return ReadText();
    }

    public async ValueTask<string> FinishAsync(CancellationToken cancellationToken)
    {
        if (_decoder == 0 && _pending.Count == 0)
            return string.Empty;
        await StartAsync(cancellationToken);
        ProcessPending();
        _ = PocketSphinxNative.EndUtterance(_decoder);
        string text = ReadText();
        pool.Return(_decoder);
        _decoder = 0;
        return text;
    }

    public ValueTask DisposeAsync()
    {
        if (_decoder != 0)
        {
            _ = PocketSphinxNative.EndUtterance(_decoder);
            pool.Return(_decoder);
            _decoder = 0;
        }

        return ValueTask.CompletedTask;
    }

    private async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        if (_decoder != 0)
            return;
        nint decoder = await pool.RentAsync(cancellationToken);

        // A new stream forgets the noise level of the caller before.
        if (PocketSphinxNative.StartStream(decoder) < 0 || PocketSphinxNative.StartUtterance(decoder) < 0)
        {
            pool.Return(decoder);
            throw new SpeechProviderException("PocketSphinx could not begin an utterance.");
        }

        _decoder = decoder;
    }

    private unsafe void ProcessPending()
    {
        Span<short> samples = CollectionsMarshal.AsSpan(_pending);
        fixed (short* data = samples)
        {
            if (PocketSphinxNative.Process(_decoder, data, (nuint)samples.Length, 0, 0) < 0)
                throw new SpeechProviderException("PocketSphinx could not decode the audio.");
        }

        _pending.Clear();
    }

    private unsafe string ReadText()
    {
        nint text = PocketSphinxNative.GetHypothesis(_decoder, null);
        return (Marshal.PtrToStringUTF8(text) ?? string.Empty).Trim().ToLowerInvariant();
    }
}
