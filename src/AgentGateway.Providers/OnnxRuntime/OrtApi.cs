using System.Runtime.InteropServices;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Native;

namespace AgentGateway.Providers.OnnxRuntime;

/// <summary>
/// The few functions of ONNX Runtime's C API that a small streaming model needs. The API is one table of function
/// pointers that only ever grows at its end, so the indices below hold for every version from 1.7 on.
/// </summary>
internal sealed unsafe class OrtApi
{
    // The version asked for decides the semantics, not the layout; 16 is served by every library since 1.16.
    private const uint ApiVersion = 16;
    private static readonly Lazy<OrtApi> Loaded = new(Load);
    private readonly void** _table;

    private OrtApi(void** table, string version)
    {
        _table = table;
        Version = version;
    }

    /// <summary>The one table of the process.</summary>
    /// <exception cref="SpeechProviderException">The library is missing or too old.</exception>
    public static OrtApi Instance => Loaded.Value;

    /// <summary>The library's version, such as "1.28.2".</summary>
    public string Version { get; }

    public nint CreateEnvironment(string name)
    {
        using NativeStrings strings = new();
        nint env;
        const int warning = 2;
        Check(((delegate* unmanaged<int, nint, nint*, nint>)_table[3])(warning, strings.Add(name), &env));
        return env;
    }

    public nint CreateSession(nint environment, string path, nint options)
    {
        using NativeStrings strings = new();
        nint session;
        Check(((delegate* unmanaged<nint, nint, nint, nint*, nint>)_table[7])(environment, strings.Add(path), options, &session));
        return session;
    }

    public nint CreateSessionOptions()
    {
        nint options;
        Check(((delegate* unmanaged<nint*, nint>)_table[10])(&options));
        return options;
    }

    public void SetIntraOpThreads(nint options, int threads) =>
        Check(((delegate* unmanaged<nint, int, nint>)_table[24])(options, threads));

    public void SetInterOpThreads(nint options, int threads) =>
        Check(((delegate* unmanaged<nint, int, nint>)_table[25])(options, threads));

    public void SetLogSeverity(nint options, int level) =>
        Check(((delegate* unmanaged<nint, int, nint>)_table[22])(options, level));

    public int GetInputCount(nint session)
    {
        nuint count;
        Check(((delegate* unmanaged<nint, nuint*, nint>)_table[30])(session, &count));
        return (int)count;
    }

    public string GetInputName(nint session, int index) => GetName(36, session, index);

    public string GetOutputName(nint session, int index) => GetName(37, session, index);

    public nint CreateCpuMemoryInfo()
    {
        nint info;
        const int arena = 1;
        const int defaultMemory = 0;
        Check(((delegate* unmanaged<int, int, nint*, nint>)_table[69])(arena, defaultMemory, &info));
        return info;
    }

    /// <summary>A tensor over memory that the caller owns and keeps alive.</summary>
    public nint CreateTensor(nint memoryInfo, void* data, int bytes, ReadOnlySpan<long> shape, OrtElementType type)
    {
        nint value;
        fixed (long* dimensions = shape)
        {
            Check(((delegate* unmanaged<nint, void*, nuint, long*, nuint, int, nint*, nint>)_table[49])(
                memoryInfo, data, (nuint)bytes, dimensions, (nuint)shape.Length, (int)type, &value));
        }

        return value;
    }

    /// <summary>Runs the model. Thread-safe on one session; writes into the outputs' memory; allocates nothing managed.</summary>
    public void Run(nint session, nint* inputNames, nint* inputs, int inputCount, nint* outputNames, nint* outputs, int outputCount) =>
        Check(((delegate* unmanaged<nint, nint, nint*, nint*, nuint, nint*, nuint, nint*, nint>)_table[9])(
            session, 0, inputNames, inputs, (nuint)inputCount, outputNames, (nuint)outputCount, outputs));

    public void ReleaseMemoryInfo(nint value) => ((delegate* unmanaged<nint, void>)_table[94])(value);

    public void ReleaseSession(nint value) => ((delegate* unmanaged<nint, void>)_table[95])(value);

    public void ReleaseValue(nint value) => ((delegate* unmanaged<nint, void>)_table[96])(value);

    public void ReleaseSessionOptions(nint value) => ((delegate* unmanaged<nint, void>)_table[100])(value);

    private static OrtApi Load()
    {
        nint library = NativeLibraries.Require(NativeLibraries.OnnxRuntime);
        var getApiBase = (delegate* unmanaged<OrtApiBase*>)NativeLibrary.GetExport(library, "OrtGetApiBase");
        OrtApiBase* apiBase = getApiBase();
        string version = Marshal.PtrToStringUTF8(apiBase->GetVersionString()) ?? "unknown";
        void** table = apiBase->GetApi(ApiVersion);
        if (table is null)
            throw new SpeechProviderException($"ONNX Runtime {version} is too old: version 1.{ApiVersion} or later is needed; {NativeLibraries.OnnxRuntime.Install}.");
        return new OrtApi(table, version);
    }

    private string GetName(int function, nint session, int index)
    {
        nint allocator;
        Check(((delegate* unmanaged<nint*, nint>)_table[78])(&allocator));
        nint name;
        Check(((delegate* unmanaged<nint, nuint, nint, nint*, nint>)_table[function])(session, (nuint)index, allocator, &name));
        string text = Marshal.PtrToStringUTF8(name) ?? string.Empty;
        Check(((delegate* unmanaged<nint, nint, nint>)_table[76])(allocator, name));
        return text;
    }

    private void Check(nint status)
    {
        if (status != 0)
            Throw(status);
    }

    private void Throw(nint status)
    {
        nint message = ((delegate* unmanaged<nint, nint>)_table[2])(status);
        string text = Marshal.PtrToStringUTF8(message) ?? "unknown error";
        ((delegate* unmanaged<nint, void>)_table[93])(status);
        throw new SpeechProviderException($"ONNX Runtime {Version}: {text}");
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct OrtApiBase
    {
        public delegate* unmanaged<uint, void**> GetApi;
        public delegate* unmanaged<nint> GetVersionString;
    }
}
