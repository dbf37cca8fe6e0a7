using System.Runtime.InteropServices;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Native;

namespace AgentGateway.Providers.OnnxRuntime;

/// <summary>
/// The Silero voice activity model (v5 or v6, 16 kHz), loaded once per process. Detectors share its weights and may run at the
/// same time; each holds some 5 KB. Dispose it after its detectors.
/// </summary>
public sealed unsafe class SileroVoiceActivityModel : IVoiceActivityModel
{
    private readonly NativeStrings _names = new();
    private readonly nint* _inputNames;
    private readonly nint* _outputNames;
    private readonly long* _sampleRate;
    private bool _disposed;

    private SileroVoiceActivityModel(string name, OrtSession session, SileroOptions options)
    {
        Name = name;
        Session = session;
        Options = options;
        _inputNames = (nint*)NativeMemory.Alloc(3, (nuint)sizeof(nint));
        _inputNames[0] = _names.Add("input");
        _inputNames[1] = _names.Add("state");
        _inputNames[2] = _names.Add("sr");
        _outputNames = (nint*)NativeMemory.Alloc(2, (nuint)sizeof(nint));
        _outputNames[0] = _names.Add("output");
        _outputNames[1] = _names.Add("stateN");
        _sampleRate = (long*)NativeMemory.Alloc(sizeof(long));
        *_sampleRate = 16000;
        SampleRateTensor = session.CreateTensor(_sampleRate, sizeof(long), [], OrtElementType.Int64);
    }

    /// <inheritdoc/>
    public string Name { get; }

    internal OrtSession Session { get; }

    internal SileroOptions Options { get; }

    internal nint SampleRateTensor { get; private set; }

    internal nint* InputNames => _inputNames;

    internal nint* OutputNames => _outputNames;

    /// <summary>Loads the model file.</summary>
    /// <param name="path">silero_vad_v5.onnx or silero_vad_v6.onnx.</param>
    /// <param name="name">The name to report, such as "silero-v5".</param>
    /// <param name="options">How to run it; null for the defaults.</param>
    /// <exception cref="SpeechProviderException">The file or the native library is missing, or it is another model.</exception>
    public static SileroVoiceActivityModel Load(string path, string name, SileroOptions? options = null)
    {
        OrtSession session = OrtSession.Load(path);
        try
        {
            IReadOnlyList<string> inputs = session.GetInputNames();
            if (!inputs.Contains("input") || !inputs.Contains("state") || !inputs.Contains("sr"))
            {
                throw new SpeechProviderException(
                    $"{path} is no Silero v5 or v6 model: its inputs are {string.Join(", ", inputs)}, expected input, state and sr.");
            }

            SileroVoiceActivityModel model = new(name, session, options ?? new SileroOptions());

            // The first run sizes the runtime's buffers; better now than in a call, and it proves that the shapes fit.
            using IVoiceActivityDetector warmUp = model.CreateDetector();
            ((SileroVoiceActivityDetector)warmUp).RunModel(new short[SileroVoiceActivityDetector.Window]);
            return model;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IVoiceActivityDetector CreateDetector()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new SileroVoiceActivityDetector(this);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Session.ReleaseTensor(SampleRateTensor);
        SampleRateTensor = 0;
        Session.Dispose();
        _names.Dispose();
        NativeMemory.Free(_inputNames);
        NativeMemory.Free(_outputNames);
        NativeMemory.Free(_sampleRate);
    }
}
