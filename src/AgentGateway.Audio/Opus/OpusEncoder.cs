using System.Runtime.InteropServices;
using AgentGateway.Audio.Opus.Interop;

namespace AgentGateway.Audio;

/// <summary>A libopus encoder for 48 kHz mono speech.</summary>
public sealed class OpusEncoder : IOpusEncoder
{
    private readonly OpusEncoderHandle _handle;
    private int _bitrate;
    private int _expectedLossPercent;
    private bool _hasDecidedOnFec;

    /// <summary>Makes an encoder.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="DllNotFoundException">libopus is not installed; the message says what to install.</exception>
    /// <exception cref="PlatformNotSupportedException">Apple arm64, whose variadic calls work differently (see DESIGN.md).</exception>
    public OpusEncoder(OpusEncoderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64)
            throw new PlatformNotSupportedException("The Opus encoder needs Linux (x64 or arm64) or x64: Apple arm64 passes variadic arguments on the stack.");
        _handle = LibOpus.EncoderCreate(AudioFormat.SampleRate, 1, LibOpus.ApplicationVoip, out int error);
        if (error != LibOpus.Ok || _handle.IsInvalid)
        {
            _handle.Dispose();
            throw new OpusException($"opus_encoder_create failed with {error}.");
        }

        Set(LibOpus.SetComplexity, options.Complexity);
        Set(LibOpus.SetSignal, LibOpus.SignalVoice);
        Set(LibOpus.SetInbandFec, options.InbandFec ? 1 : 0);
        Set(LibOpus.SetDtx, options.Dtx ? 1 : 0);
        Set(LibOpus.SetMaxBandwidth, Bandwidth(options.MaxBandwidthHz));
        Bitrate = options.Bitrate;
        ExpectedLossPercent = options.ExpectedLossPercent;
        if (LibOpus.EncoderControl(_handle, LibOpus.GetLookahead, out int lookahead) == LibOpus.Ok)
            LookaheadSamples = lookahead;
    }

    /// <inheritdoc/>
    public int LookaheadSamples { get; }

    /// <inheritdoc/>
    public int Bitrate
    {
        get => _bitrate;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 6_000);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 510_000);
            if (_bitrate == value)
                return;
            Set(LibOpus.SetBitrate, value);
            _bitrate = value;
        }
    }

    /// <inheritdoc/>
    public int ExpectedLossPercent
    {
        get => _expectedLossPercent;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 100);
            if (_expectedLossPercent == value)
                return;
            Set(LibOpus.SetPacketLossPercent, value);
            _expectedLossPercent = value;
        }
    }

    /// <inheritdoc/>
    public int Encode(ReadOnlySpan<short> pcm, Span<byte> packet)
    {
        if (pcm.Length is not (120 or 240 or 480 or 960 or 1920 or 2880))
            throw new ArgumentException("An Opus frame has 120, 240, 480, 960, 1920 or 2880 samples.", nameof(pcm));
        if (packet.IsEmpty)
            throw new ArgumentException("No room for a packet.", nameof(packet));
        _hasDecidedOnFec |= _expectedLossPercent > 0;
        int length = LibOpus.Encode(_handle, in MemoryMarshal.GetReference(pcm), pcm.Length, ref MemoryMarshal.GetReference(packet), packet.Length);
        return length > 0 ? length : throw new OpusException($"opus_encode failed with {length}.");
    }

    /// <inheritdoc/>
    public void Reset()
    {
        ResetState();
        if (!_hasDecidedOnFec)
            return;

        // libopus decides about FEC with hysteresis, and keeps its last decision over a reset. Without expected loss it decides anew.
        int loss = _expectedLossPercent;
        ExpectedLossPercent = 0;
        Span<short> silence = stackalloc short[120];
        silence.Clear();
        Encode(silence, stackalloc byte[OpusPacket.MaxFrameBytes]);
        ExpectedLossPercent = loss;
        ResetState();
        _hasDecidedOnFec = false;
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private void ResetState()
    {
        int error = LibOpus.EncoderControl(_handle, LibOpus.ResetState);
        if (error != LibOpus.Ok)
            throw new OpusException($"opus_encoder_ctl reset failed with {error}.");
    }

    private static int Bandwidth(int hertz) => hertz switch
    {
        4_000 => LibOpus.BandwidthNarrow,
        6_000 => LibOpus.BandwidthNarrow + 1,
        8_000 => LibOpus.BandwidthNarrow + 2,
        12_000 => LibOpus.BandwidthNarrow + 3,
        _ => LibOpus.BandwidthNarrow + 4,
    };

    private void Set(int request, int value)
    {
        int error = LibOpus.EncoderControl(_handle, request, value);
        if (error == LibOpus.Ok)
            return;
        _handle.Dispose();
        throw new OpusException($"opus_encoder_ctl({request}, {value}) failed with {error}.");
    }
}
