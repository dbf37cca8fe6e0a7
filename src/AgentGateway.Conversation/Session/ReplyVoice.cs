using AgentGateway.Audio;
using AgentGateway.Conversation.Ports;
using AgentGateway.Conversation.Speech;

namespace AgentGateway.Conversation.Session;

/// <summary>What one reply's audio keeps between its pieces.</summary>
internal sealed class ReplyVoice : IDisposable
{
    /// <summary>The most samples that are resampled at a time.</summary>
    public const int SliceSamples = 480;

    // -42 dBFS: engines begin with a stretch of near silence that a caller would wait through.
    private const int TrimLevel = 256;
    private static readonly TimeSpan Kept = TimeSpan.FromMilliseconds(5);

    private readonly short[] _output = new short[(SliceSamples * 6) + 8];
    private Resampler? _resampler;
    private bool _begun;

    /// <summary>Cuts the silence off the beginning of a reply.</summary>
    public ReadOnlyMemory<short> Trim(SpeechAudio piece, out int cut)
    {
        cut = 0;
        if (_begun)
            return piece.Pcm;
        ReadOnlySpan<short> samples = piece.Pcm.Span;
        int first = samples.IndexOfAnyExceptInRange((short)-TrimLevel, (short)TrimLevel);
        _begun = first >= 0;
        int kept = (int)(Kept.TotalSeconds * piece.SampleRate);
        cut = Math.Max(0, (first < 0 ? samples.Length : first) - kept);
        return piece.Pcm[cut..];
    }

    /// <summary>Brings audio to the rate of playout; what is returned is overwritten by the next call.</summary>
    public ReadOnlyMemory<short> Resample(ReadOnlyMemory<short> pcm, int rate)
    {
        if (rate == PlayoutQueue.SampleRate)
            return pcm;
        if (_resampler?.InRate != rate)
        {
            _resampler?.Dispose();
            _resampler = new Resampler(rate, PlayoutQueue.SampleRate);
        }

        int count = _resampler.Process(pcm.Span, _output);
        return _output.AsMemory(0, count);
    }

    /// <inheritdoc/>
    public void Dispose() => _resampler?.Dispose();
}
