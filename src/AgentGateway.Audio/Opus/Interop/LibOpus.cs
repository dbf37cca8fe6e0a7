using System.Runtime.InteropServices;

namespace AgentGateway.Audio.Opus.Interop;

/// <summary>
/// The part of libopus 1.3 that is used. All signatures are blittable; spans are passed as a reference to their first element.
/// </summary>
/// <remarks>
/// opus_encoder_ctl and opus_decoder_ctl are variadic. A plain signature calls them correctly where variadic integers and pointers travel in
/// the same registers as fixed ones: System V x64 (the callee reads AL only to decide whether to spill vector registers, any value is safe
/// with it), AAPCS64 on Linux, and Windows x64. Apple's arm64 ABI puts variadic arguments on the stack: <see cref="OpusEncoder"/> refuses it.
/// </remarks>
internal static partial class LibOpus
{
    internal const int Ok = 0;
    internal const int BufferTooSmall = -2;
    internal const int InvalidPacket = -4;

    internal const int ApplicationVoip = 2048;

    internal const int SetBitrate = 4002;
    internal const int SetMaxBandwidth = 4004;
    internal const int SetComplexity = 4010;
    internal const int SetInbandFec = 4012;
    internal const int SetPacketLossPercent = 4014;
    internal const int SetDtx = 4016;
    internal const int SetSignal = 4024;
    internal const int GetLookahead = 4027;
    internal const int ResetState = 4028;

    // Narrow, medium, wide, super-wide and full band follow one another.
    internal const int BandwidthNarrow = 1101;

    internal const int SignalVoice = 3001;

    static LibOpus() => AudioNativeLibraries.EnsureResolver();

    [LibraryImport(AudioNativeLibraries.Opus, EntryPoint = "opus_encoder_create")]
    internal static partial OpusEncoderHandle EncoderCreate(int sampleRate, int channels, int application, out int error);

    [LibraryImport(AudioNativeLibraries.Opus, EntryPoint = "opus_encoder_destroy")]
    internal static partial void EncoderDestroy(nint encoder);

    [LibraryImport(AudioNativeLibraries.Opus, EntryPoint = "opus_encode")]
    internal static partial int Encode(OpusEncoderHandle encoder, ref readonly short pcm, int frameSize, ref byte data, int maxDataBytes);

    [LibraryImport(AudioNativeLibraries.Opus, EntryPoint = "opus_encoder_ctl")]
    internal static partial int EncoderControl(OpusEncoderHandle encoder, int request, int value);

    [LibraryImport(AudioNativeLibraries.Opus, EntryPoint = "opus_encoder_ctl")]
    internal static partial int EncoderControl(OpusEncoderHandle encoder, int request, out int value);

    [LibraryImport(AudioNativeLibraries.Opus, EntryPoint = "opus_encoder_ctl")]
    internal static partial int EncoderControl(OpusEncoderHandle encoder, int request);

    [LibraryImport(AudioNativeLibraries.Opus, EntryPoint = "opus_decoder_create")]
    internal static partial OpusDecoderHandle DecoderCreate(int sampleRate, int channels, out int error);

    [LibraryImport(AudioNativeLibraries.Opus, EntryPoint = "opus_decoder_destroy")]
    internal static partial void DecoderDestroy(nint decoder);

    [LibraryImport(AudioNativeLibraries.Opus, EntryPoint = "opus_decode")]
    internal static partial int Decode(OpusDecoderHandle decoder, ref readonly byte data, int length, ref short pcm, int frameSize, int decodeFec);

    [LibraryImport(AudioNativeLibraries.Opus, EntryPoint = "opus_decoder_ctl")]
    internal static partial int DecoderControl(OpusDecoderHandle decoder, int request);

    [LibraryImport(AudioNativeLibraries.Opus, EntryPoint = "opus_get_version_string")]
    internal static partial nint GetVersionString();
}
