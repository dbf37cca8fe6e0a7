using System.Runtime.InteropServices;
using AgentGateway.Providers.Native;

namespace AgentGateway.Providers.PocketSphinx;

/// <summary>PocketSphinx 0.8+5prealpha (pocketsphinx.h, cmd_ln.h, err.h).</summary>
internal static unsafe partial class PocketSphinxNative
{
    private const string Library = "pocketsphinx";
    private const string Base = "sphinxbase";

    static PocketSphinxNative() => NativeLibraries.Register();

    [LibraryImport(Library, EntryPoint = "ps_args")]
    public static partial nint GetArguments();

    [LibraryImport(Base, EntryPoint = "cmd_ln_parse_r")]
    public static partial nint ParseArguments(nint config, nint definitions, int count, nint* values, int strict);

    [LibraryImport(Base, EntryPoint = "cmd_ln_free_r")]
    public static partial int FreeArguments(nint config);

    [LibraryImport(Base, EntryPoint = "err_set_logfp")]
    public static partial void SetLogFile(nint file);

    [LibraryImport(Library, EntryPoint = "ps_init")]
    public static partial nint Create(nint config);

    [LibraryImport(Library, EntryPoint = "ps_free")]
    public static partial int Free(nint decoder);

    [LibraryImport(Library, EntryPoint = "ps_start_stream")]
    public static partial int StartStream(nint decoder);

    [LibraryImport(Library, EntryPoint = "ps_start_utt")]
    public static partial int StartUtterance(nint decoder);

    [LibraryImport(Library, EntryPoint = "ps_process_raw")]
    public static partial int Process(nint decoder, short* samples, nuint count, int noSearch, int fullUtterance);

    [LibraryImport(Library, EntryPoint = "ps_end_utt")]
    public static partial int EndUtterance(nint decoder);

    [LibraryImport(Library, EntryPoint = "ps_get_hyp")]
    public static partial nint GetHypothesis(nint decoder, int* score);
}
