using System.Runtime.InteropServices;
using AgentGateway.Audio.Resampling.Interop;

namespace AgentGateway.Audio;

/// <summary>
/// Changes the sample rate of a mono stream, keeping state between calls. Every call consumes all of its input. One owner; not thread-safe.
/// No allocation per call.
/// </summary>
/// <remarks>
/// Where 20 ms is a whole number of samples at both rates, 20 ms in gives exactly 20 ms out on every call. Equal rates are copied.
/// </remarks>
public sealed class Resampler : IDisposable
{
    /// <summary>The lowest rate accepted, in Hz.</summary>
    public const int MinRate = 8_000;

    /// <summary>The highest rate accepted, in Hz.</summary>
    public const int MaxRate = 48_000;

    /// <summary>Quality for speech: enough for recognisers and calls.</summary>
    public const int DefaultQuality = 4;

    private readonly SpeexResamplerHandle? _handle;

    /// <summary>Makes a resampler.</summary>
    /// <param name="inRate">Input rate in Hz, <see cref="MinRate"/>..<see cref="MaxRate"/>.</param>
    /// <param name="outRate">Output rate in Hz, <see cref="MinRate"/>..<see cref="MaxRate"/>.</param>
    /// <param name="quality">0 (cheapest) to 10 (best).</param>
    /// <exception cref="DllNotFoundException">libspeexdsp is not installed; the message says what to install.</exception>
    public Resampler(int inRate, int outRate, int quality = DefaultQuality)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inRate, MinRate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(inRate, MaxRate);
        ArgumentOutOfRangeException.ThrowIfLessThan(outRate, MinRate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(outRate, MaxRate);
        ArgumentOutOfRangeException.ThrowIfNegative(quality);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 10);
        InRate = inRate;
        OutRate = outRate;
        if (inRate == outRate)
            return;
        _handle = LibSpeexDsp.Init(1, (uint)inRate, (uint)outRate, quality, out int error);
        if (error != LibSpeexDsp.Ok || _handle.IsInvalid)
        {
            _handle.Dispose();
            throw new InvalidOperationException($"speex_resampler_init({inRate}, {outRate}, {quality}) failed with {error}.");
        }
    }

    /// <summary>Input rate in Hz.</summary>
    public int InRate { get; }

    /// <summary>Output rate in Hz.</summary>
    public int OutRate { get; }

    /// <summary>An output length that always suffices for <paramref name="inputLength"/> samples.</summary>
    public static int MaxOutputLength(int inputLength, int inRate, int outRate) =>
        (int)(((long)inputLength * outRate + inRate - 1) / inRate) + 1;

    /// <summary>An output length that always suffices for <paramref name="inputLength"/> samples.</summary>
    public int MaxOutputLength(int inputLength) => InRate == OutRate ? inputLength : MaxOutputLength(inputLength, InRate, OutRate);

    /// <summary>Resamples all of <paramref name="input"/> and returns the number of samples written.</summary>
    /// <exception cref="ArgumentException"><paramref name="output"/> cannot hold what the input yields.</exception>
    public int Process(ReadOnlySpan<short> input, Span<short> output)
    {
        if (input.IsEmpty)
            return 0;
        if (_handle is null)
        {
            input.CopyTo(output);
            return input.Length;
        }

        int written = 0;
        while (true)
        {
            uint inLength = (uint)input.Length;
            uint outLength = (uint)(output.Length - written);
            int error = LibSpeexDsp.ProcessInt(
                _handle,
                0,
                in MemoryMarshal.GetReference(input),
                ref inLength,
                ref MemoryMarshal.GetReference(output[written..]),
                ref outLength);
            if (error != LibSpeexDsp.Ok)
                throw new InvalidOperationException($"speex_resampler_process_int failed with {error}.");
            written += (int)outLength;
            input = input[(int)inLength..];
            if (input.IsEmpty)
                return written;
            if (inLength == 0 && outLength == 0)
                throw new ArgumentException("The output is too short for this input; see MaxOutputLength.", nameof(output));
        }
    }

    /// <summary>Forgets the past, for a stream that starts anew.</summary>
    public void Reset()
    {
        if (_handle is not null && LibSpeexDsp.ResetMemory(_handle) is var error and not LibSpeexDsp.Ok)
            throw new InvalidOperationException($"speex_resampler_reset_mem failed with {error}.");
    }

    /// <inheritdoc/>
    public void Dispose() => _handle?.Dispose();
}
