using System.Runtime.InteropServices;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Native;

namespace AgentGateway.Providers.OnnxRuntime;

/// <summary>
/// The Smart Turn model (version 3, 16 kHz): hears from intonation and pace whether a turn is over. Loaded once per process; detectors
/// share its weights. Dispose it after its detectors.
/// </summary>
public sealed unsafe class SmartTurnModel : IEndOfTurnModel, IDisposable
{
    private const string InputName = "input_features";
    private readonly NativeStrings _names = new();
    private readonly nint* _inputNames;
    private readonly nint* _outputNames;
    private long[] _outputShape = [1, 1];
    private bool _disposed;

    private SmartTurnModel(string name, OrtSession session, string output)
    {
        Name = name;
        Session = session;
        _inputNames = (nint*)NativeMemory.Alloc((nuint)sizeof(nint));
        _inputNames[0] = _names.Add(InputName);
        _outputNames = (nint*)NativeMemory.Alloc((nuint)sizeof(nint));
        _outputNames[0] = _names.Add(output);
    }

    /// <inheritdoc/>
    public string Name { get; }

    internal OrtSession Session { get; }

    internal nint* InputNames => _inputNames;

    internal nint* OutputNames => _outputNames;

    /// <summary>Loads the model file.</summary>
    /// <param name="path">smart-turn-v3.x-cpu.onnx.</param>
    /// <param name="name">The name to report.</param>
    /// <exception cref="SpeechProviderException">The file or the native library is missing, or it is another model.</exception>
    public static SmartTurnModel Load(string path, string name)
    {
        OrtSession session = OrtSession.Load(path);
        SmartTurnModel? model = null;
        try
        {
            IReadOnlyList<string> inputs = session.GetInputNames();
            if (inputs is not [InputName])
                throw new SpeechProviderException($"{path} is no Smart Turn model: its inputs are {string.Join(", ", inputs)}, expected {InputName}.");
            model = new SmartTurnModel(name, session, session.GetOutputName(0));

            model.FindOutputShape();
            return model;
        }
        catch
        {
            if (model is null)
                session.Dispose();
            else
                model.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IEndOfTurnDetector Create()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new SmartTurnDetector(this, _outputShape);
    }

    // The first run sizes the runtime's buffers, and proves that the shapes fit. Exports differ in whether the result is one by one or one.
    private void FindOutputShape()
    {
        try
        {
            using IEndOfTurnDetector warmUp = Create();
            warmUp.Predict(new short[1600]);
        }
        catch (SpeechProviderException)
        {
            _outputShape = [1];
            using IEndOfTurnDetector warmUp = Create();
            warmUp.Predict(new short[1600]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Session.Dispose();
        _names.Dispose();
        NativeMemory.Free(_inputNames);
        NativeMemory.Free(_outputNames);
    }
}
