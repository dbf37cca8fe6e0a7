using System.Runtime.InteropServices;
using AgentGateway.Providers.Native;

namespace AgentGateway.Providers.Whisper;

/// <summary>whisper.cpp's C API (whisper.h, version 1.9).</summary>
internal static unsafe partial class WhisperNative
{
    private const string Library = "whisper";

    static WhisperNative() => NativeLibraries.Register();

    [LibraryImport(Library, EntryPoint = "whisper_version")]
    public static partial nint GetVersion();

    [LibraryImport(Library, EntryPoint = "whisper_log_set")]
    public static partial void SetLog(delegate* unmanaged<int, byte*, void*, void> callback, nint userData);

    [LibraryImport(Library, EntryPoint = "whisper_context_default_params_by_ref")]
    public static partial WhisperContextParameters* GetDefaultContextParameters();

    [LibraryImport(Library, EntryPoint = "whisper_free_context_params")]
    public static partial void FreeContextParameters(WhisperContextParameters* parameters);

    [LibraryImport(Library, EntryPoint = "whisper_full_default_params_by_ref")]
    public static partial byte* GetDefaultParameters(int strategy);

    [LibraryImport(Library, EntryPoint = "whisper_free_params")]
    public static partial void FreeParameters(byte* parameters);

    [LibraryImport(Library, EntryPoint = "whisper_init_from_file_with_params_no_state")]
    public static partial nint CreateContext(byte* path, WhisperContextParameters parameters);

    [LibraryImport(Library, EntryPoint = "whisper_free")]
    public static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "whisper_init_state")]
    public static partial nint CreateState(nint context);

    [LibraryImport(Library, EntryPoint = "whisper_free_state")]
    public static partial void FreeState(nint state);

    [LibraryImport(Library, EntryPoint = "whisper_is_multilingual")]
    public static partial int IsMultilingual(nint context);

    [LibraryImport(Library, EntryPoint = "whisper_lang_id")]
    public static partial int GetLanguageId(byte* language);

    [LibraryImport(Library, EntryPoint = "whisper_full_with_state")]
    public static partial int Transcribe(nint context, nint state, WhisperParameters parameters, float* samples, int count);

    [LibraryImport(Library, EntryPoint = "whisper_full_n_segments_from_state")]
    public static partial int GetSegmentCount(nint state);

    [LibraryImport(Library, EntryPoint = "whisper_full_get_segment_text_from_state")]
    public static partial nint GetSegmentText(nint state, int segment);
}
