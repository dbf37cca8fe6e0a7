using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;
using AgentGateway.Conversation.Ports;

namespace AgentGateway.Providers.Native;

/// <summary>
/// Finds the native libraries of the speech engines. Order: the folder in AGENTGATEWAY_NATIVES, the application's folder,
/// <c>.local/natives</c> of every directory above it (where run.sh and test.sh install the npm packages), then the system.
/// A folder may hold the file itself, the npm package or its node_modules. Thread-safe; handles live until the process ends,
/// because threads and callbacks of a native library cannot be unloaded safely.
/// </summary>
public static class NativeLibraries
{
    /// <summary>The environment variable that names the first folder to look in.</summary>
    public const string FolderVariable = "AGENTGATEWAY_NATIVES";

    private const string NpmInstall =
        "run ./run.sh once (it installs the pinned npm packages of infra/natives into .local/natives), or set " + FolderVariable + " to a folder that holds it";

    private static readonly string Architecture = RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        _ => "x64",
    };

    /// <summary>ONNX Runtime, as it ships beside sherpa-onnx.</summary>
    public static readonly NativeLibraryId OnnxRuntime = new(
        "onnxruntime", "libonnxruntime.so", "the neural network runtime", NpmInstall, $"sherpa-onnx-linux-{Architecture}");

    /// <summary>sherpa-onnx's C API: streaming speech recognition. It needs <see cref="OnnxRuntime"/> in the same folder.</summary>
    public static readonly NativeLibraryId Sherpa = new(
        "sherpa-onnx-c-api", "libsherpa-onnx-c-api.so", "the sherpa speech recogniser", NpmInstall, $"sherpa-onnx-linux-{Architecture}");

    /// <summary>whisper.cpp's C API, exported by an npm addon.</summary>
    public static readonly NativeLibraryId Whisper = new(
        "whisper", "index.node", "the Whisper speech recogniser", NpmInstall + "; it also needs the Debian package libgomp1",
        $"@fugood/node-whisper-linux-{Architecture}");

    /// <summary>flite's core library.</summary>
    public static readonly NativeLibraryId Flite = new(
        "flite", "libflite.so.1", "the flite voices", "install the Debian package libflite1");

    /// <summary>espeak-ng.</summary>
    public static readonly NativeLibraryId Espeak = new(
        "espeak-ng", "libespeak-ng.so.1", "the espeak-ng voices", "install the Debian package libespeak-ng1");

    /// <summary>PocketSphinx's decoder.</summary>
    public static readonly NativeLibraryId PocketSphinx = new(
        "pocketsphinx", "libpocketsphinx.so.3", "the PocketSphinx speech recogniser",
        "install the Debian packages libpocketsphinx3 and pocketsphinx-en-us");

    /// <summary>PocketSphinx's base library.</summary>
    public static readonly NativeLibraryId SphinxBase = new(
        "sphinxbase", "libsphinxbase.so.3", "the PocketSphinx speech recogniser", "install the Debian package libsphinxbase3");

    private static readonly NativeLibraryId[] Known = [OnnxRuntime, Sherpa, Whisper, Flite, Espeak, PocketSphinx, SphinxBase];
    private static readonly ConcurrentDictionary<string, nint> Handles = new(StringComparer.Ordinal);

    static NativeLibraries() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);

    /// <summary>Loads a library, or returns the handle it was loaded with.</summary>
    /// <exception cref="SpeechProviderException">It is nowhere, or does not load; the message says what to install.</exception>
    public static nint Require(NativeLibraryId library)
    {
        ArgumentNullException.ThrowIfNull(library);
        if (Handles.TryGetValue(library.FileName, out nint known))
            return known;

        List<string> failures = [];
        foreach (string candidate in CandidatePaths(library, SearchFolders()))
        {
            if (!File.Exists(candidate))
                continue;
            if (TryLoad(candidate, failures, out nint handle))
                return Handles.GetOrAdd(library.FileName, handle);
        }

        if (TryLoad(library.FileName, failures, out nint system))
            return Handles.GetOrAdd(library.FileName, system);

        throw new SpeechProviderException(
            $"The native library {library.FileName} for {library.Purpose} could not be loaded: {library.Install}." +
            (failures.Count == 0 ? string.Empty : $" Tried: {string.Join("; ", failures)}"));
    }

    /// <summary>Whether the library loads on this machine.</summary>
    public static bool IsAvailable(NativeLibraryId library)
    {
        try
        {
            Require(library);
            return true;
        }
        catch (SpeechProviderException)
        {
            return false;
        }
    }

    /// <summary>The file of an npm package in one of the folders searched, or null. For models that ship in npm packages.</summary>
    /// <param name="relativePath">Path below node_modules, such as "@ricky0123/vad-web/dist/silero_vad_v5.onnx".</param>
    public static string? FindPackageFile(string relativePath)
    {
        foreach (string folder in SearchFolders())
        {
            string inModules = Path.Combine(folder, "node_modules", relativePath);
            if (File.Exists(inModules))
                return inModules;
            string direct = Path.Combine(folder, relativePath);
            if (File.Exists(direct))
                return direct;
        }

        return null;
    }

    internal static IEnumerable<string> CandidatePaths(NativeLibraryId library, IEnumerable<string> folders)
    {
        foreach (string folder in folders)
        {
            yield return Path.Combine(folder, library.FileName);
            foreach (string package in library.PackageFolders)
            {
                yield return Path.Combine(folder, package, library.FileName);
                yield return Path.Combine(folder, "node_modules", package, library.FileName);
            }
        }
    }

    /// <summary>Touching this runs the static constructor, which registers the resolver before the first P/Invoke.</summary>
    internal static void Register()
    {
    }

    internal static IEnumerable<string> SearchFolders()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } configured)
            yield return configured;
        yield return AppContext.BaseDirectory;
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            string local = Path.Combine(directory.FullName, ".local", "natives");
            if (Directory.Exists(local))
                yield return local;
        }
    }

    private static bool TryLoad(string path, List<string> failures, out nint handle)
    {
        try
        {
            handle = NativeLibrary.Load(path);
            return true;
        }
        catch (DllNotFoundException e)
        {
            failures.Add(FirstLine(e.Message));
        }
        catch (BadImageFormatException e)
        {
            failures.Add(FirstLine(e.Message));
        }

        handle = 0;
        return false;
    }

    // dlopen's reason stands in the first line; .NET appends a paragraph of advice for developers.
    private static string FirstLine(string message)
    {
        int end = message.IndexOf('\n', StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).Trim();
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        foreach (NativeLibraryId library in Known)
        {
            if (string.Equals(library.ImportName, name, StringComparison.Ordinal))
            {
                try
                {
                    return Require(library);
                }
                catch (SpeechProviderException e)
                {
                    throw new DllNotFoundException(e.Message, e);
                }
            }
        }

        return 0;
    }
}
