using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AgentGateway.Audio.Opus.Interop;

namespace AgentGateway.Audio;

/// <summary>A libopus decoder to 48 kHz mono.</summary>
public sealed class OpusDecoder : IOpusDecoder
{
    // Concealment and FEC work in steps of 2.5 ms.
    private const int StepSamples = 120;

    private readonly OpusDecoderHandle _handle;

    /// <summary>Makes a decoder.</summary>
    /// <exception cref="DllNotFoundException">libopus is not installed; the message says what to install.</exception>
    public OpusDecoder()
    {
        _handle = LibOpus.DecoderCreate(AudioFormat.SampleRate, 1, out int error);
        if (error != LibOpus.Ok || _handle.IsInvalid)
        {
            _handle.Dispose();
            throw new OpusException($"opus_decoder_create failed with {error}.");
        }
    }

    /// <inheritdoc/>
    public OpusStatus Decode(ReadOnlySpan<byte> packet, Span<short> pcm, out int samples)
    {
        samples = 0;
        if (packet.IsEmpty)
            return OpusStatus.InvalidPacket;
        if (pcm.IsEmpty)
            return OpusStatus.BufferTooSmall;
        int result = LibOpus.Decode(
            _handle, in MemoryMarshal.GetReference(packet), packet.Length, ref MemoryMarshal.GetReference(pcm), pcm.Length, 0);
        if (result < 0)
            return Map(result);
        samples = result;
        return OpusStatus.Ok;
    }

    /// <inheritdoc/>
    public OpusStatus DecodeFec(ReadOnlySpan<byte> nextPacket, Span<short> pcm)
    {
        if (!IsWholeSteps(pcm.Length))
            return OpusStatus.BufferTooSmall;
        if (nextPacket.IsEmpty)
            return OpusStatus.InvalidPacket;
        int result = LibOpus.Decode(
            _handle, in MemoryMarshal.GetReference(nextPacket), nextPacket.Length, ref MemoryMarshal.GetReference(pcm), pcm.Length, 1);
        return Filled(result, pcm);
    }

    /// <inheritdoc/>
    public OpusStatus Conceal(Span<short> pcm)
    {
        if (!IsWholeSteps(pcm.Length))
            return OpusStatus.BufferTooSmall;
        int result = LibOpus.Decode(_handle, in Unsafe.NullRef<byte>(), 0, ref MemoryMarshal.GetReference(pcm), pcm.Length, 0);
        return Filled(result, pcm);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        int error = LibOpus.DecoderControl(_handle, LibOpus.ResetState);
        if (error != LibOpus.Ok)
            throw new OpusException($"opus_decoder_ctl reset failed with {error}.");
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static bool IsWholeSteps(int samples) => samples is > 0 and <= AudioFormat.MaxPacketSamples && samples % StepSamples == 0;

    private static OpusStatus Filled(int result, Span<short> pcm)
    {
        if (result < 0)
            return Map(result);
        pcm[result..].Clear();
        return OpusStatus.Ok;
    }

    private static OpusStatus Map(int error) => error switch
    {
        LibOpus.InvalidPacket => OpusStatus.InvalidPacket,
        LibOpus.BufferTooSmall => OpusStatus.BufferTooSmall,
        _ => OpusStatus.InternalError,
    };
}
