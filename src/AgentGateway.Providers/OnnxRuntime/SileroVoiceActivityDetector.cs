using System.Runtime.InteropServices;
using AgentGateway.Conversation.Ports;

namespace AgentGateway.Providers.OnnxRuntime;

/// <summary>
/// One call's state of the Silero model: the recurrent state twice (the model reads one and writes the other), 64 samples of
/// context and the tensors over them, all in one native block. Nothing is allocated per window.
/// </summary>
internal sealed unsafe class SileroVoiceActivityDetector : IVoiceActivityDetector
{
    public const int Window = 512;
    private const int Context = 64;
    private const int StateLength = 2 * 1 * 128;
    private const int InputLength = Context + Window;
    private readonly SileroVoiceActivityModel _model;
    private readonly float* _input;
    private readonly float* _output;
    private readonly nint* _stateTensors;
    private readonly nint _inputTensor;
    private readonly nint _outputTensor;
    private readonly double _skipBelowMeanSquare;
    private float* _block;
    private int _current;
    private int _quietWindows;

    public SileroVoiceActivityDetector(SileroVoiceActivityModel model)
    {
        _model = model;
        int floats = InputLength + (2 * StateLength) + 1;
        _block = (float*)NativeMemory.AllocZeroed((nuint)((floats * sizeof(float)) + sizeof(float) + (2 * sizeof(nint))));
        _stateTensors = (nint*)_block;
        _input = (float*)(_stateTensors + 2);
        float* states = _input + InputLength;
        _output = states + (2 * StateLength);
        OrtSession session = model.Session;
        _inputTensor = session.CreateTensor(_input, InputLength * sizeof(float), [1, InputLength], OrtElementType.Float);
        _outputTensor = session.CreateTensor(_output, sizeof(float), [1, 1], OrtElementType.Float);
        for (int i = 0; i < 2; i++)
        {
            _stateTensors[i] = session.CreateTensor(
                states + (i * StateLength), StateLength * sizeof(float), [2, 1, 128], OrtElementType.Float);
        }

        double amplitude = model.Options.SkipBelowDbfs is { } level ? 32768 * Math.Pow(10, level / 20) : 0;
        _skipBelowMeanSquare = amplitude * amplitude;
    }

    public int WindowSamples => Window;

    /// <summary>Windows the model was not run for because they were silent.</summary>
    public long SkippedWindows { get; private set; }

    public float Process(ReadOnlySpan<short> window)
    {
        ObjectDisposedException.ThrowIf(_block is null, this);
        if (window.Length != Window)
            throw new ArgumentException($"A window has {Window} samples, not {window.Length}.", nameof(window));

        if (MeanSquare(window) >= _skipBelowMeanSquare)
        {
            _quietWindows = 0;
        }
        else if (++_quietWindows > _model.Options.WindowsBeforeSkip)
        {
            // The context still follows the audio, so that the first window of the next speech joins what was before it.
            FillInput(window);
            KeepContext();
            SkippedWindows++;
            return 0;
        }

        return RunModel(window);
    }

    public void Reset()
    {
        ObjectDisposedException.ThrowIf(_block is null, this);
        new Span<float>(_input, InputLength + (2 * StateLength)).Clear();
        _quietWindows = 0;
    }

    public void Dispose()
    {
        if (_block is null)
            return;
        OrtSession session = _model.Session;
        session.ReleaseTensor(_inputTensor);
        session.ReleaseTensor(_outputTensor);
        session.ReleaseTensor(_stateTensors[0]);
        session.ReleaseTensor(_stateTensors[1]);
        NativeMemory.Free(_block);
        _block = null;
    }

    internal float RunModel(ReadOnlySpan<short> window)
    {
        FillInput(window);
        nint* inputs = stackalloc nint[3] { _inputTensor, _stateTensors[_current], _model.SampleRateTensor };
        nint* outputs = stackalloc nint[2] { _outputTensor, _stateTensors[1 - _current] };
        _model.Session.Run(_model.InputNames, inputs, 3, _model.OutputNames, outputs, 2);
        _current = 1 - _current;
        KeepContext();
        return Math.Clamp(*_output, 0f, 1f);
    }

    private static double MeanSquare(ReadOnlySpan<short> window)
    {
        long sum = 0;
        foreach (short sample in window)
            sum += sample * sample;
        return sum / (double)window.Length;
    }

    private void FillInput(ReadOnlySpan<short> window)
    {
        const float scale = 1 / 32768f;
        float* to = _input + Context;
        for (int i = 0; i < window.Length; i++)
            to[i] = window[i] * scale;
    }

    private void KeepContext() =>
        new ReadOnlySpan<float>(_input + Window, Context).CopyTo(new Span<float>(_input, Context));
}
