using System.Runtime.InteropServices;
using AgentGateway.Audio.Front.Interop;

namespace AgentGateway.Audio.Front;

/// <summary>
/// Frees a microphone of what was played beside it: the gateway knows what it sent, and looks for it in what it receives.
/// A correlation finds the delay, a short filter says how much of a frame is explained, and libspeexdsp's canceller with its
/// residual suppression takes it out. While nothing was played it costs next to nothing. One owner; no allocation per frame.
/// </summary>
/// <remarks>Call <see cref="PushPlayed"/> once and then <see cref="Process"/> once for every 20 ms, silence included.</remarks>
public sealed class EchoDefence : IDisposable
{
    /// <summary>Samples of a frame: 20 ms at 16 kHz.</summary>
    public const int FrameSamples = 320;

    private const int SampleRate = 16_000;

    // -58 dBFS: what nobody hears has no echo.
    private const int AudiblePlayed = 40;
    private const int Lead = 96;
    private const int ResidualSuppression = -45;

    private const float EchoOnly = 0.8f;
    private const float Removed = 0.1f;
    private const int ConvergedFrames = 15;
    private const float Forget = 0.9f;

    // What is left of a frame counts for the caller by so much: a fourth of its energy is a voice of their own.
    private const float Evidence = 4;

    // What the filter leaves of an echo depends on the room; a voice leaves several times as much, and this much at least.
    private const float Unexplained = 0.08f;
    private const float Unusual = 4;
    private const float UsualWeight = 0.05f;
    private const float AudibleEcho = -50;
    private const float LoudEcho = -45;
    private const float Suspected = 0.7f;
    private const int SuspectFrames = 8;
    private const float TailBelow = 9;
    private const float Reverberation = 0.75f;
    private const float SurelyEcho = 0.95f;
    private const float PeakFall = 0.6f; // 30 dB in a second

    private readonly EchoDefenceOptions _options;
    private readonly LowBand _playedLow;
    private readonly LowBand _microphoneLow = new(EchoShare.Window);
    private readonly EchoDelay _delay;
    private readonly EchoShare _share = new();
    private readonly short[] _played;
    private readonly short[] _scratch = new short[FrameSamples];
    private readonly SpeexEchoHandle? _canceller;
    private readonly SpeexPreprocessHandle? _preprocessor;
    private readonly int _tailFrames;
    private readonly int _firstFrames;
    private int _lag = -1;
    private int _quietFrames = int.MaxValue / 2;
    private int _converged;
    private float _before;
    private float _after;
    private float _likelihood;
    private float _usual = Unexplained;
    private int _suspected;
    private int _audibleFrames;
    private float _echoPeak = AudioLevel.SilenceDbfs;

    /// <summary>Makes a defence.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="DllNotFoundException">libspeexdsp is not installed; the message says what to install.</exception>
    public EchoDefence(EchoDefenceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.MaxDelay, TimeSpan.FromMilliseconds(500), nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxDelay, TimeSpan.Zero, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Tail, TimeSpan.FromMilliseconds(256), nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Tail, TimeSpan.FromMilliseconds(32), nameof(options));
        _options = options;
        int lags = (int)(options.MaxDelay.TotalSeconds * SampleRate / LowBand.Factor) + LowBand.FrameSamples;
        _delay = new EchoDelay(lags);
        _playedLow = new LowBand(lags + EchoShare.Window + EchoShare.Taps + LowBand.FrameSamples);
        _played = new short[(lags * LowBand.Factor) + FrameSamples];
        _tailFrames = (int)((options.MaxDelay + options.Tail).TotalMilliseconds / 20) + 12;
        _firstFrames = (int)(options.MaxDelay.TotalMilliseconds / 20) + SuspectFrames;
        if (!options.CancelEcho && !options.Denoise)
            return;
        int value = SampleRate;
        _preprocessor = LibSpeexFront.PreprocessInit(FrameSamples, SampleRate);
        if (options.CancelEcho)
        {
            _canceller = LibSpeexFront.EchoInit(FrameSamples, (int)(options.Tail.TotalSeconds * SampleRate));
            LibSpeexFront.EchoControl(_canceller, LibSpeexFront.SetSamplingRate, ref value);
            LibSpeexFront.PreprocessControl(_preprocessor, LibSpeexFront.SetEchoState, _canceller);
        }

        // Echo is suppressed through the gains of the noise reduction: it runs with 0 dB where noise is to stay.
        Set(LibSpeexFront.SetDenoise, 1);
        Set(LibSpeexFront.SetNoiseSuppress, options.Denoise ? -Math.Clamp(options.NoiseReductionDb, 0, 40) : 0);
        Set(LibSpeexFront.SetEchoSuppress, ResidualSuppression);
        Set(LibSpeexFront.SetEchoSuppressActive, -20);
    }

    /// <summary>From playing to hearing; zero while it is not known.</summary>
    public TimeSpan Delay => _lag < 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((double)_lag * LowBand.Factor / SampleRate);

    /// <summary>Adds what was sent in this 20 ms.</summary>
    /// <param name="pcm16k">320 samples, silence included.</param>
    public void PushPlayed(ReadOnlySpan<short> pcm16k)
    {
        CheckLength(pcm16k.Length);
        if (!_options.CancelEcho)
            return;
        if (AudioLevel.SumOfSquares(pcm16k) > (long)AudiblePlayed * AudiblePlayed * FrameSamples)
        {
            _quietFrames = 0;
            _audibleFrames++;
        }
        else if (_quietFrames <= _tailFrames)
            _quietFrames++;
        if (_quietFrames > _tailFrames)
            return;
        _played.AsSpan(FrameSamples).CopyTo(_played);
        pcm16k.CopyTo(_played.AsSpan(_played.Length - FrameSamples));
        _playedLow.Push(pcm16k);
    }

    /// <summary>Cleans what was received in this 20 ms.</summary>
    /// <param name="microphone">320 samples.</param>
    /// <param name="cleaned">Where they go, cleaned; may be the same memory.</param>
    public EchoFrame Process(ReadOnlySpan<short> microphone, Span<short> cleaned)
    {
        CheckLength(microphone.Length);
        CheckLength(cleaned.Length);
        float level = AudioLevel.Dbfs(microphone);
        if (!_options.CancelEcho || _quietFrames > _tailFrames)
        {
            microphone.CopyTo(cleaned);
            if (!_options.Denoise)
                return new EchoFrame(0, Delay, level, level);
            LibSpeexFront.PreprocessRun(_preprocessor!, ref MemoryMarshal.GetReference(cleaned));
            return new EchoFrame(0, Delay, level, AudioLevel.Dbfs(cleaned));
        }

        _microphoneLow.Push(microphone);
        _delay.Push(_microphoneLow.Newest, _playedLow.Newest);
        if (_delay.Lag != _lag)
        {
            _lag = _delay.Lag;
            _converged = 0;
            _usual = Unexplained;
            LibSpeexFront.EchoReset(_canceller!);
        }

        if (_lag < 0)
        {
            microphone.CopyTo(cleaned);
            return new EchoFrame(SuspectEcho(level), TimeSpan.Zero, level, level);
        }

        float left = Cancel(microphone, cleaned, out float unexplained);
        float share = _share.Measure(_microphoneLow.Newest, _playedLow.Newest, _lag, EchoShare.Window / 2);
        if (level > AudibleEcho && (share > EchoOnly || unexplained < Removed))
            _converged = Math.Clamp(_converged + (left < Removed ? 1 : -2), 0, 2 * ConvergedFrames);
        // Until the canceller has learned the room, a frame without a low band (an "s") counts like those before it.
        _likelihood = _converged >= ConvergedFrames ? Math.Clamp(1 - (left * Evidence), 0, 1) : Math.Max(Math.Max(share, 1 - left), _likelihood * Forget);

        if (_converged >= ConvergedFrames && level > AudibleEcho)
            ExpectNoMore(unexplained);

        // The room goes on sounding when the agent pauses.
        _echoPeak = Math.Max(_likelihood > SurelyEcho ? level : AudioLevel.SilenceDbfs, _echoPeak - PeakFall);
        if (level < _echoPeak - TailBelow)
            _likelihood = Math.Max(_likelihood, Reverberation);
        return new EchoFrame(_likelihood, Delay, level, AudioLevel.Dbfs(cleaned));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _preprocessor?.Dispose();
        _canceller?.Dispose();
    }

    // The first echo of a call is loud before its delay is found. What is loud for longer, or later, without being explained is none, once and for all.
    private float SuspectEcho(float level)
    {
        if (level <= LoudEcho || _suspected >= SuspectFrames || _audibleFrames > _firstFrames)
            return 0;
        _suspected++;
        return Suspected;
    }

    // Suppression hides the first syllable of a voice over the echo; what the filter cannot explain shows it in the frame where it begins.
    private void ExpectNoMore(float unexplained)
    {
        float most = Math.Max(Unexplained, Unusual * _usual);
        _likelihood = Math.Min(_likelihood, 1 - Math.Clamp((unexplained - most) / most, 0, 1));
        if (_likelihood > SurelyEcho)
            _usual += (unexplained - _usual) * UsualWeight;
    }

    // The share of energy that is left when the canceller is done, over some frames; and what its filter alone left of this one.
    private float Cancel(ReadOnlySpan<short> microphone, Span<short> cleaned, out float unexplained)
    {
        // Before anything is written: both may be the same memory.
        long heard = AudioLevel.SumOfSquares(microphone) + FrameSamples;
        int delay = Math.Max(0, (_lag * LowBand.Factor) - Lead);
        ReadOnlySpan<short> played = _played.AsSpan(_played.Length - FrameSamples - delay, FrameSamples);
        LibSpeexFront.EchoCancel(_canceller!, in MemoryMarshal.GetReference(microphone), in MemoryMarshal.GetReference(played), ref _scratch[0]);
        unexplained = Math.Min(1, (float)(AudioLevel.SumOfSquares(_scratch) + FrameSamples) / heard);
        _scratch.CopyTo(cleaned);
        LibSpeexFront.PreprocessRun(_preprocessor!, ref MemoryMarshal.GetReference(cleaned));
        _before = (_before * 0.5f) + heard;
        _after = (_after * 0.5f) + AudioLevel.SumOfSquares(cleaned);
        return Math.Min(1, _after / _before);
    }

    private void Set(int request, int value) => LibSpeexFront.PreprocessControl(_preprocessor!, request, ref value);

    private static void CheckLength(int length)
    {
        if (length != FrameSamples)
            throw new ArgumentException($"A frame has {FrameSamples} samples, not {length}.");
    }
}
