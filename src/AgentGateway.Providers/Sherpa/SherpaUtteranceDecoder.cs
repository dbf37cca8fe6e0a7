using System.Runtime.InteropServices;
using AgentGateway.Providers.Engines;
using AgentGateway.Providers.Recognition;

namespace AgentGateway.Providers.Sherpa;

/// <summary>
/// Decodes the utterances of one session, each with a fresh native stream (making one costs microseconds, and a reset one would
/// carry the last utterance's context into the next).
/// </summary>
internal sealed class SherpaUtteranceDecoder : IUtteranceDecoder
{
    private const int SampleRate = 16000;

    // A tenth of a second: what is given at once is a window of voice activity, or pre-roll.
    private const int Piece = SampleRate / 10;
    private const float Scale = 1 / 32768f;
    private static readonly float[] Silence = new float[SampleRate];
    private readonly SherpaRecognizerHandle _recognizer;
    private readonly SherpaRecognizerOptions _options;
    private readonly ComputeGate _gate;
    private nint _stream;

    public SherpaUtteranceDecoder(SherpaRecognizerHandle recognizer, SherpaRecognizerOptions options, ComputeGate gate)
    {
        bool added = false;
        recognizer.DangerousAddRef(ref added);
        _recognizer = recognizer;
        _options = options;
        _gate = gate;
    }

    private nint Recognizer => _recognizer.DangerousGetHandle();

    public float? Confidence { get; private set; }

    public void Accept(ReadOnlySpan<short> pcm)
    {
        if (_stream == 0)
        {
            _stream = SherpaNative.CreateOnlineStream(Recognizer);
            AcceptSilence(_options.LeadIn);
        }

        Span<float> samples = stackalloc float[Piece];
        while (!pcm.IsEmpty)
        {
            int count = Math.Min(Piece, pcm.Length);
            for (int i = 0; i < count; i++)
                samples[i] = pcm[i] * Scale;
            pcm = pcm[count..];
            AcceptFloats(samples[..count]);
        }
    }

    public async ValueTask<string?> DecodeAsync(CancellationToken cancellationToken)
    {
        bool decoded = false;
        while (_stream != 0 && SherpaNative.IsReady(Recognizer, _stream) != 0)
        {
            // One chunk per turn at the gate: a session with a backlog cannot hold up the others.
            await _gate.EnterAsync(cancellationToken);
            try
            {
                SherpaNative.Decode(Recognizer, _stream);
            }
            finally
            {
                _gate.Exit();
            }

            decoded = true;
        }

        return decoded ? ReadText() : null;
    }

    public async ValueTask<string> FinishAsync(CancellationToken cancellationToken)
    {
        if (_stream == 0)
            return string.Empty;
        AcceptSilence(_options.Flush);
        SherpaNative.InputFinished(_stream);
        await DecodeAsync(cancellationToken);
        string text = ReadText();
        FreeStream();
        return text;
    }

    public ValueTask DisposeAsync()
    {
        FreeStream();
        _recognizer.DangerousRelease();
        return ValueTask.CompletedTask;
    }

    private void AcceptSilence(TimeSpan duration)
    {
        int samples = (int)(duration.TotalSeconds * SampleRate);
        while (samples > 0)
        {
            int take = Math.Min(samples, Silence.Length);
            AcceptFloats(Silence.AsSpan(0, take));
            samples -= take;
        }
    }

    private unsafe void AcceptFloats(ReadOnlySpan<float> samples)
    {
        fixed (float* data = samples)
            SherpaNative.AcceptWaveform(_stream, SampleRate, data, samples.Length);
    }

    private unsafe string ReadText()
    {
        Confidence = null;
        SherpaNative.OnlineRecognizerResult* result = SherpaNative.GetResult(Recognizer, _stream);
        if (result is null)
            return string.Empty;
        try
        {
            Confidence = SherpaConfidence.Of(MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)result->Json));
            return (Marshal.PtrToStringUTF8(result->Text) ?? string.Empty).Trim().ToLowerInvariant();
        }
        finally
        {
            SherpaNative.DestroyResult(result);
        }
    }

    private void FreeStream()
    {
        if (_stream == 0)
            return;
        SherpaNative.DestroyOnlineStream(_stream);
        _stream = 0;
    }
}
