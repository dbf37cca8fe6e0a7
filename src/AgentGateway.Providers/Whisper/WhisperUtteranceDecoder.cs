using AgentGateway.Providers.Engines;
using AgentGateway.Providers.Recognition;

namespace AgentGateway.Providers.Whisper;

/// <summary>Collects an utterance and transcribes it as a whole; the newest <see cref="WhisperOptions.MaxUtterance"/> are kept.</summary>
internal sealed class WhisperUtteranceDecoder(
    WhisperModel model, WhisperOptions options, ComputeGate gate, string language, string? prompt, string engine) : IUtteranceDecoder
{
    private const int SampleRate = 16000;

    // Whisper refuses less than 0.1 s and hallucinates on clips under a second that end abruptly.
    private const int MinSamples = SampleRate * 11 / 10;
    private readonly int _maxSamples = (int)(Math.Min(options.MaxUtterance.TotalSeconds, 30) * SampleRate);
    private float[] _samples = [];
    private int _count;
    private int _transcribed;

    public void Accept(ReadOnlySpan<short> pcm)
    {
        if (pcm.Length > _maxSamples)
            pcm = pcm[^_maxSamples..];
        int excess = _count + pcm.Length - _maxSamples;
        if (excess > 0)
        {
            _samples.AsSpan(excess, _count - excess).CopyTo(_samples);
            _count -= excess;
            _transcribed = Math.Max(0, _transcribed - excess);
            SpeechMetrics.AddDropped(engine, excess);
        }

        if (_count + pcm.Length > _samples.Length)
            Array.Resize(ref _samples, Math.Min(_maxSamples, Math.Max(_count + pcm.Length, _samples.Length * 2)));
        const float scale = 1 / 32768f;
        for (int i = 0; i < pcm.Length; i++)
            _samples[_count + i] = pcm[i] * scale;
        _count += pcm.Length;
    }

    public async ValueTask<string?> DecodeAsync(CancellationToken cancellationToken)
    {
        if (options.PartialInterval is not { } interval || _count - _transcribed < interval.TotalSeconds * SampleRate)
            return null;
        _transcribed = _count;
        return await TranscribeAsync(cancellationToken);
    }

    public async ValueTask<string> FinishAsync(CancellationToken cancellationToken)
    {
        if (_count == 0)
            return string.Empty;
        string text = await TranscribeAsync(cancellationToken);
        _samples = [];
        _count = 0;
        _transcribed = 0;
        return text;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<string> TranscribeAsync(CancellationToken cancellationToken)
    {
        float[] samples = new float[Math.Max(MinSamples, _count)];
        _samples.AsSpan(0, _count).CopyTo(samples);
        await gate.EnterAsync(cancellationToken);
        try
        {
            // Seconds of work: a thread of its own keeps the pool free for the calls.
            return await Task.Factory.StartNew(
                () => model.Transcribe(samples, language, prompt, options.Threads, cancellationToken),
                CancellationToken.None,
                TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
                TaskScheduler.Default);
        }
        finally
        {
            gate.Exit();
        }
    }
}
