using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Native;

namespace AgentGateway.Providers.Flite;

/// <summary>A voice of flite: the one native instance per process, as its register function keeps it in a global.</summary>
internal sealed class FliteVoice
{
    private static readonly ConcurrentDictionary<string, Lazy<FliteVoice>> Loaded = new(StringComparer.Ordinal);
    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal)
    {
        ["rms"] = "cmu_us_rms",
        ["slt"] = "cmu_us_slt",
        ["awb"] = "cmu_us_awb",
        ["kal"] = "cmu_us_kal",
        ["kal16"] = "cmu_us_kal16",
    };

    private FliteVoice(string name, nint handle)
    {
        Name = name;
        Handle = handle;
    }

    /// <summary>The names that can be asked for.</summary>
    public static IReadOnlyCollection<string> Names => Files.Keys;

    public string Name { get; }

    /// <summary>cst_voice*.</summary>
    public nint Handle { get; }

    /// <exception cref="SpeechProviderException">There is no such voice, or its library is missing.</exception>
    public static FliteVoice Get(string name)
    {
        string key = name.ToLowerInvariant();
        if (!Files.TryGetValue(key, out string? file))
            throw new SpeechProviderException($"flite has no voice named {name}: choose one of {string.Join(", ", Names)}.");
        return Loaded.GetOrAdd(key, k => new Lazy<FliteVoice>(() => Load(k, file))).Value;
    }

    private static unsafe FliteVoice Load(string name, string file)
    {
        NativeLibraries.Require(NativeLibraries.Flite);
        _ = FliteNative.Init();
        nint library = NativeLibraries.Require(new NativeLibraryId(
            "flite_" + file, $"libflite_{file}.so.1", $"the flite voice {name}", "install the Debian package libflite1"));
        var register = (delegate* unmanaged<nint, nint>)NativeLibrary.GetExport(library, "register_" + file);
        nint voice = register(0);
        if (voice == 0)
            throw new SpeechProviderException($"The flite voice {name} could not be made.");
        return new FliteVoice(name, voice);
    }
}
