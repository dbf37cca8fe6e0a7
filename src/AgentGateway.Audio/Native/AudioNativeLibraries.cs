using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;

namespace AgentGateway.Audio;

/// <summary>
/// Finds the two system libraries this project stands on, libopus and libspeexdsp, and says what to install when one is missing.
/// Thread-safe.
/// </summary>
public static class AudioNativeLibraries
{
    internal const string Opus = "opus";
    internal const string SpeexDsp = "speexdsp";

    private static readonly Lazy<bool> Installed = new(() =>
    {
        NativeLibrary.SetDllImportResolver(typeof(AudioNativeLibraries).Assembly, Resolve);
        return true;
    });

    /// <summary>
    /// Loads both libraries, for a check at start-up. Returns false with a message that says what to install; never throws.
    /// </summary>
    public static bool TryLoad([NotNullWhen(false)] out string? problem)
    {
        foreach (string name in (ReadOnlySpan<string>)[Opus, SpeexDsp])
        {
            if (!TryLoadAny(name, out nint handle))
            {
                problem = MissingMessage(name);
                return false;
            }

            NativeLibrary.Free(handle);
        }

        problem = null;
        return true;
    }

    /// <summary>Registers the resolver once; every interop class calls it from its static constructor.</summary>
    internal static void EnsureResolver() => _ = Installed.Value;

    internal static string MissingMessage(string name) => name switch
    {
        Opus => "The Opus codec library (libopus.so.0) was not found. Install it: Debian/Ubuntu \"apt-get install libopus0\", "
            + "Fedora \"dnf install opus\", Alpine \"apk add opus\".",
        SpeexDsp => "The resampler library (libspeexdsp.so.1) was not found. Install it: Debian/Ubuntu \"apt-get install libspeexdsp1\", "
            + "Fedora \"dnf install speexdsp\", Alpine \"apk add speexdsp\".",
        _ => $"The native library {name} was not found.",
    };

    internal static ReadOnlySpan<string> Candidates(string name) => name switch
    {
        Opus when OperatingSystem.IsWindows() => new[] { "opus.dll", "libopus-0.dll", "libopus.dll" },
        Opus when OperatingSystem.IsMacOS() => new[] { "libopus.0.dylib", "libopus.dylib" },
        Opus => new[] { "libopus.so.0", "libopus.so" },
        SpeexDsp when OperatingSystem.IsWindows() => new[] { "speexdsp.dll", "libspeexdsp-1.dll", "libspeexdsp.dll" },
        SpeexDsp when OperatingSystem.IsMacOS() => new[] { "libspeexdsp.1.dylib", "libspeexdsp.dylib" },
        SpeexDsp => new[] { "libspeexdsp.so.1", "libspeexdsp.so" },
        _ => default,
    };

    private static nint Resolve(string libraryName, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (libraryName is not (Opus or SpeexDsp))
            return 0;
        return TryLoadAny(libraryName, out nint handle) ? handle : throw new DllNotFoundException(MissingMessage(libraryName));
    }

    private static bool TryLoadAny(string name, out nint handle)
    {
        foreach (string candidate in Candidates(name))
        {
            if (NativeLibrary.TryLoad(candidate, typeof(AudioNativeLibraries).Assembly, DllImportSearchPath.SafeDirectories, out handle))
                return true;
        }

        handle = 0;
        return false;
    }
}
