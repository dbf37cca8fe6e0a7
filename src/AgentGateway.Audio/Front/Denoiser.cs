using System.Runtime.InteropServices;
using AgentGateway.Audio.Front.Interop;

namespace AgentGateway.Audio.Front;

/// <summary>
/// Lowers steady noise (fans, lines, cars) in what people hear, with the noise reduction of libspeexdsp at 48 kHz; voices stay as they are.
/// Delays by <see cref="DelaySamples"/>. Not for recognisers, which are as good without. One owner; not thread-safe; no allocation per frame.
/// </summary>
public sealed class Denoiser : IDisposable
{
    /// <summary>What comes out is this much later than what went in: 10 ms.</summary>
    public const int DelaySamples = Block;

    // The library's window is two blocks: half of the frame keeps its delay at 10 ms.
    private const int Block = AudioFormat.FrameSamples / 2;

    private readonly SpeexPreprocessHandle _preprocessor;

    /// <summary>Makes a denoiser.</summary>
    /// <param name="reductionDb">How far noise is lowered at most, in dB, 1..40. More than 20 begins to colour quiet voices.</param>
    /// <exception cref="ArgumentOutOfRangeException">The reduction is out of range.</exception>
    /// <exception cref="DllNotFoundException">libspeexdsp is not installed; the message says what to install.</exception>
    public Denoiser(int reductionDb = 15)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(reductionDb, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(reductionDb, 40);
        _preprocessor = LibSpeexFront.PreprocessInit(Block, AudioFormat.SampleRate);
        int value = 1;
        LibSpeexFront.PreprocessControl(_preprocessor, LibSpeexFront.SetDenoise, ref value);
        value = -reductionDb;
        LibSpeexFront.PreprocessControl(_preprocessor, LibSpeexFront.SetNoiseSuppress, ref value);
    }

    /// <summary>Cleans one frame in place.</summary>
    /// <param name="pcm48k">20 ms: 960 samples.</param>
    /// <exception cref="ArgumentException">The frame has another length.</exception>
    public void Process(Span<short> pcm48k)
    {
        if (pcm48k.Length != AudioFormat.FrameSamples)
            throw new ArgumentException("A frame has 960 samples.", nameof(pcm48k));
        LibSpeexFront.PreprocessRun(_preprocessor, ref MemoryMarshal.GetReference(pcm48k));
        LibSpeexFront.PreprocessRun(_preprocessor, ref MemoryMarshal.GetReference(pcm48k[Block..]));
    }

    /// <inheritdoc/>
    public void Dispose() => _preprocessor.Dispose();
}
