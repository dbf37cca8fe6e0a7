using System.Runtime.InteropServices;
using AgentGateway.Providers.Native;

namespace AgentGateway.Providers.Flite;

/// <summary>flite 2.2's C API (flite.h and the cst_*.h headers it includes).</summary>
internal static unsafe partial class FliteNative
{
    /// <summary>What an audio callback returns to go on.</summary>
    public const int StreamContinue = 0;

    /// <summary>What an audio callback returns to end the synthesis.</summary>
    public const int StreamStop = -1;

    private const string Library = "flite";

    static FliteNative() => NativeLibraries.Register();

    [LibraryImport(Library, EntryPoint = "flite_init")]
    public static partial int Init();

    [LibraryImport(Library, EntryPoint = "new_utterance")]
    public static partial Utterance* NewUtterance();

    [LibraryImport(Library, EntryPoint = "delete_utterance")]
    public static partial void DeleteUtterance(Utterance* utterance);

    [LibraryImport(Library, EntryPoint = "utt_set_input_text")]
    public static partial int SetInputText(Utterance* utterance, byte* text);

    [LibraryImport(Library, EntryPoint = "utt_init")]
    public static partial Utterance* InitUtterance(Utterance* utterance, nint voice);

    [LibraryImport(Library, EntryPoint = "utt_synth")]
    public static partial Utterance* Synthesize(Utterance* utterance);

    [LibraryImport(Library, EntryPoint = "utt_wave")]
    public static partial Wave* GetWave(Utterance* utterance);

    [LibraryImport(Library, EntryPoint = "utt_relation_present")]
    public static partial int HasRelation(Utterance* utterance, byte* name);

    [LibraryImport(Library, EntryPoint = "utt_relation")]
    public static partial nint GetRelation(Utterance* utterance, byte* name);

    [LibraryImport(Library, EntryPoint = "relation_head")]
    public static partial nint GetHead(nint relation);

    [LibraryImport(Library, EntryPoint = "item_next")]
    public static partial nint GetNext(nint item);

    [LibraryImport(Library, EntryPoint = "item_daughter")]
    public static partial nint GetDaughter(nint item);

    [LibraryImport(Library, EntryPoint = "item_last_daughter")]
    public static partial nint GetLastDaughter(nint item);

    [LibraryImport(Library, EntryPoint = "item_feat_string")]
    public static partial nint GetString(nint item, byte* name);

    [LibraryImport(Library, EntryPoint = "flite_ffeature_float")]
    public static partial float GetFeatureFloat(nint item, byte* path);

    [LibraryImport(Library, EntryPoint = "flite_path_to_item")]
    public static partial nint GetItem(nint item, byte* path);

    [LibraryImport(Library, EntryPoint = "flite_feat_set_float")]
    public static partial void SetFloat(nint features, byte* name, float value);

    [LibraryImport(Library, EntryPoint = "flite_feat_set")]
    public static partial void SetValue(nint features, byte* name, nint value);

    [LibraryImport(Library, EntryPoint = "new_audio_streaming_info")]
    public static partial AudioStreamingInfo* NewAudioStreamingInfo();

    [LibraryImport(Library, EntryPoint = "audio_streaming_info_val")]
    public static partial nint WrapAudioStreamingInfo(AudioStreamingInfo* info);

    /// <summary>cst_utterance.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Utterance
    {
        public nint Features;
        public nint FeatureFunctions;
        public nint Relations;
        public nint Context;
    }

    /// <summary>cst_wave.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Wave
    {
        public nint Type;
        public int SampleRate;
        public int SampleCount;
        public int ChannelCount;
        public short* Samples;
    }

    /// <summary>cst_audio_streaming_info.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct AudioStreamingInfo
    {
        public int MinBufferSize;
        public delegate* unmanaged<Wave*, int, int, int, AudioStreamingInfo*, int> Callback;
        public Utterance* Utterance;
        public nint Item;
        public nint UserData;
    }
}
