using System.Runtime.InteropServices;
using AgentGateway.Conversation.Ports;

namespace AgentGateway.Providers.OnnxRuntime;

/// <summary>A model loaded once with one compute thread; <see cref="Run"/> may be called from any number of threads.</summary>
internal sealed unsafe class OrtSession : SafeHandle
{
    // One environment per process is what the runtime wants; it lives as long as the process.
    private static readonly Lazy<nint> Environment = new(() => OrtApi.Instance.CreateEnvironment("AgentGateway"));
    private readonly OrtApi _api = OrtApi.Instance;

    public OrtSession()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Memory of tensors that the caller owns.</summary>
    public nint CpuMemoryInfo { get; private set; }

    /// <exception cref="SpeechProviderException">The file is missing, damaged or no ONNX model.</exception>
    public static OrtSession Load(string path)
    {
        OrtApi api = OrtApi.Instance;
        if (!File.Exists(path))
            throw new SpeechProviderException($"The model file {path} does not exist.");
        OrtSession session = new();
        nint options = api.CreateSessionOptions();
        try
        {
            const int error = 3;
            api.SetIntraOpThreads(options, 1);
            api.SetInterOpThreads(options, 1);
            api.SetLogSeverity(options, error);
            session.CpuMemoryInfo = api.CreateCpuMemoryInfo();
            session.SetHandle(api.CreateSession(Environment.Value, path, options));
            return session;
        }
        catch (SpeechProviderException e)
        {
            session.Dispose();
            throw new SpeechProviderException($"The model {path} could not be loaded: {e.Message}", e);
        }
        finally
        {
            api.ReleaseSessionOptions(options);
        }
    }

    public IReadOnlyList<string> GetInputNames()
    {
        string[] names = new string[_api.GetInputCount(handle)];
        for (int i = 0; i < names.Length; i++)
            names[i] = _api.GetInputName(handle, i);
        return names;
    }

    public string GetOutputName(int index) => _api.GetOutputName(handle, index);

    public nint CreateTensor(void* data, int bytes, ReadOnlySpan<long> shape, OrtElementType type) =>
        _api.CreateTensor(CpuMemoryInfo, data, bytes, shape, type);

    public void ReleaseTensor(nint value)
    {
        if (value != 0)
            _api.ReleaseValue(value);
    }

    public void Run(nint* inputNames, nint* inputs, int inputCount, nint* outputNames, nint* outputs, int outputCount) =>
        _api.Run(handle, inputNames, inputs, inputCount, outputNames, outputs, outputCount);

    protected override bool ReleaseHandle()
    {
        if (handle != 0)
            _api.ReleaseSession(handle);
        if (CpuMemoryInfo != 0)
            _api.ReleaseMemoryInfo(CpuMemoryInfo);
        return true;
    }
}
