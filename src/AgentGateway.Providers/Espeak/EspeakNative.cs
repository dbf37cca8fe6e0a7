using System.Runtime.InteropServices;
using AgentGateway.Providers.Native;

namespace AgentGateway.Providers.Espeak;

/// <summary>espeak-ng's C API (speak_lib.h, revision 12).</summary>
internal static unsafe partial class EspeakNative
{
    public const int OutputSynchronous = 2;
    public const int InitializeDontExit = 0x8000;
    public const uint CharsUtf8 = 1;
    public const int EventListEnd = 0;
    public const int EventWord = 1;
    public const int ParameterRate = 1;
    public const int RateNormal = 175;
    public const int RateMinimum = 80;
    public const int RateMaximum = 450;

    private const string Library = "espeak-ng";

    static EspeakNative() => NativeLibraries.Register();

    /// <returns>The sample rate, or -1.</returns>
    [LibraryImport(Library, EntryPoint = "espeak_Initialize")]
    public static partial int Initialize(int output, int bufferMilliseconds, nint path, int options);

    [LibraryImport(Library, EntryPoint = "espeak_SetSynthCallback")]
    public static partial void SetCallback(delegate* unmanaged<short*, int, Event*, int> callback);

    [LibraryImport(Library, EntryPoint = "espeak_Synth")]
    public static partial int Synthesize(
        byte* text, nuint size, uint position, int positionType, uint endPosition, uint flags, uint* identifier, nint userData);

    [LibraryImport(Library, EntryPoint = "espeak_SetParameter")]
    public static partial int SetParameter(int parameter, int value, int relative);

    [LibraryImport(Library, EntryPoint = "espeak_SetVoiceByName", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetVoiceByName(string name);

    [LibraryImport(Library, EntryPoint = "espeak_SetVoiceByProperties")]
    public static partial int SetVoiceByProperties(Voice* voice);

    /// <summary>espeak_VOICE.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Voice
    {
        public nint Name;
        public nint Languages;
        public nint Identifier;
        public byte Gender;
        public byte Age;
        public byte Variant;
        public byte Internal;
        public int Score;
        public nint Spare;
    }

    /// <summary>espeak_EVENT.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Event
    {
        public int Type;
        public uint Identifier;
        public int TextPosition;
        public int Length;
        public int AudioPosition;
        public int Sample;
        public nint UserData;
        public nint Id;
    }
}
