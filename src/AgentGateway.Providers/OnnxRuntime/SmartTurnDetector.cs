using System.Runtime.InteropServices;
using AgentGateway.Conversation.Ports;

namespace AgentGateway.Providers.OnnxRuntime;

/// <summary>One call's buffers of the Smart Turn model: features and tensors in one native block, some 0.8 MB with the window of audio.</summary>
internal sealed unsafe class SmartTurnDetector : IEndOfTurnDetector
{
    private const int Length = WhisperFeatures.Bands * WhisperFeatures.Frames;
    private readonly SmartTurnModel _model;
    private readonly WhisperFeatures _features = new();
    private readonly nint _inputTensor;
    private readonly nint _outputTensor;
    private float* _block;

    public SmartTurnDetector(SmartTurnModel model, ReadOnlySpan<long> outputShape)
    {
        _model = model;
        _block = (float*)NativeMemory.AllocZeroed((nuint)((Length + 1) * sizeof(float)));
        _inputTensor = model.Session.CreateTensor(_block, Length * sizeof(float), [1, WhisperFeatures.Bands, WhisperFeatures.Frames], OrtElementType.Float);
        _outputTensor = model.Session.CreateTensor(_block + Length, sizeof(float), outputShape, OrtElementType.Float);
    }

    /// <inheritdoc/>
    public float Predict(ReadOnlySpan<short> pcm16k)
    {
        ObjectDisposedException.ThrowIf(_block is null, this);
        _features.Compute(pcm16k, new Span<float>(_block, Length));
        nint input = _inputTensor;
        nint output = _outputTensor;
        _model.Session.Run(_model.InputNames, &input, 1, _model.OutputNames, &output, 1);
        return Math.Clamp(_block[Length], 0f, 1f);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_block is null)
            return;
        _model.Session.ReleaseTensor(_inputTensor);
        _model.Session.ReleaseTensor(_outputTensor);
        NativeMemory.Free(_block);
        _block = null;
    }
}
