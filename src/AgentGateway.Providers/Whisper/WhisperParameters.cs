using System.Runtime.InteropServices;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Native;

namespace AgentGateway.Providers.Whisper;

/// <summary>
/// whisper_full_params of whisper.cpp 1.9: 304 bytes, passed by value. The declared size is larger on purpose: on System V x64 the struct lies on the
/// stack as the only stack argument and on AArch64 it is passed by reference, so a callee of a version that grew reads zeros behind the fields we know, never
/// foreign memory. <see cref="CreateDefault"/> verifies the layout by values that the library itself wrote.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 512)]
internal unsafe struct WhisperParameters
{
    private const int KnownSize = 304;

    /// <summary>n_threads.</summary>
    [FieldOffset(4)]
    public int Threads;

    /// <summary>print_progress.</summary>
    [FieldOffset(25)]
    public byte PrintProgress;

    /// <summary>print_timestamps.</summary>
    [FieldOffset(27)]
    public byte PrintTimestamps;

    /// <summary>no_timestamps.</summary>
    [FieldOffset(22)]
    public byte NoTimestamps;

    /// <summary>initial_prompt.</summary>
    [FieldOffset(72)]
    public nint InitialPrompt;

    /// <summary>language.</summary>
    [FieldOffset(104)]
    public nint Language;

    /// <summary>suppress_nst: no tokens for noises.</summary>
    [FieldOffset(114)]
    public byte SuppressNonSpeech;

    /// <summary>temperature_inc: 0 switches the slow retries off.</summary>
    [FieldOffset(128)]
    public float TemperatureIncrement;

    /// <summary>abort_callback.</summary>
    [FieldOffset(208)]
    public delegate* unmanaged<nint, byte> AbortCallback;

    /// <summary>abort_callback_user_data.</summary>
    [FieldOffset(216)]
    public nint AbortUserData;

    [FieldOffset(8)]
    private int _maxTextContext;

    [FieldOffset(132)]
    private float _entropyThreshold;

    [FieldOffset(136)]
    private float _logProbabilityThreshold;

    [FieldOffset(140)]
    private float _noSpeechThreshold;

    [FieldOffset(144)]
    private int _bestOf;

    [FieldOffset(148)]
    private int _beamSize;

    [FieldOffset(264)]
    private float _grammarPenalty;

    [FieldOffset(280)]
    private float _vadThreshold;

    /// <summary>The library's defaults for greedy decoding.</summary>
    /// <exception cref="SpeechProviderException">The library is of a version whose layout is another.</exception>
    public static WhisperParameters CreateDefault()
    {
        const int greedy = 0;
        byte* source = WhisperNative.GetDefaultParameters(greedy);
        if (source is null)
            throw new SpeechProviderException("whisper.cpp gave no default parameters.");
        WhisperParameters parameters = default;
        new ReadOnlySpan<byte>(source, KnownSize).CopyTo(new Span<byte>(&parameters, sizeof(WhisperParameters)));
        WhisperNative.FreeParameters(source);

        bool expected = parameters._maxTextContext == 16384 && Near(parameters.TemperatureIncrement, 0.2f) && Near(parameters._entropyThreshold, 2.4f) &&
            Near(parameters._logProbabilityThreshold, -1f) && Near(parameters._noSpeechThreshold, 0.6f) && parameters._bestOf == 5 &&
            parameters._beamSize == -1 && Near(parameters._grammarPenalty, 100f) && Near(parameters._vadThreshold, 0.5f) && parameters.PrintProgress == 1;
        if (!expected)
        {
            throw new SpeechProviderException(
                $"whisper.cpp {Marshal.PtrToStringUTF8(WhisperNative.GetVersion())} lays its parameters out differently from version 1.9: {NativeLibraries.Whisper.Install}.");
        }

        return parameters;
    }

    private static bool Near(float a, float b) => Math.Abs(a - b) < 1e-4f;
}
