using AgentGateway.Audio.Front;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Ports;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.Session;

/// <summary>
/// Turns received audio into voice activity, a window at a time: echo of the agent out, voice activity, level. What was cleaned
/// stays readable for a while, so that a recogniser can be given what was said before speech was noticed. The model rests while
/// the level has been that of an open line for a while: silence is most of a call.
/// </summary>
internal sealed class VoiceWindows : IDisposable
{
    // -66 dBFS: comfort noise and digital silence.
    private const int RestLevel = 16;
    private const int WindowsBeforeRest = 32;

    // From here on a window is the agent's own voice and nobody's turn.
    private const float EchoThreshold = 0.6f;
    private const float SurelyEcho = 0.9f;

    // 1 s: pre-roll and what it takes to notice speech.
    private const int Kept = 1 << 14;
    private const int KeptMask = Kept - 1;

    private readonly IVoiceActivityDetector _detector;
    private readonly AudioIntake _intake;
    private readonly PlayedAudio _played;
    private readonly EchoDefence? _defence;
    private readonly LevelNormalizer? _level;
    private readonly short[] _window;
    private readonly short[] _frame = new short[EchoDefence.FrameSamples];
    private readonly short[] _playedFrame = new short[EchoDefence.FrameSamples];
    private readonly short[] _pending;
    private readonly short[] _kept = new short[Kept];
    private int _count;
    private long _keptFrom;
    private int _quiet;
    private float _echo;
    private Instant _arrival;

    public VoiceWindows(IVoiceActivityModel model, AudioIntake intake, PlayedAudio played, AudioOptions options)
    {
        _detector = model.CreateDetector();
        _intake = intake;
        _played = played;
        _window = new short[_detector.WindowSamples];
        _pending = new short[_window.Length + EchoDefence.FrameSamples];
        if (options.EchoDefence || options.Denoise)
            _defence = new EchoDefence(new EchoDefenceOptions { CancelEcho = options.EchoDefence, Denoise = options.Denoise });
        if (options.NormalizeLevel)
            _level = new LevelNormalizer();
    }

    /// <summary>Length of a window.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)_window.Length / AudioIntake.SampleRate);

    /// <summary>The cleaned samples of the last window; valid until the next.</summary>
    public ReadOnlySpan<short> Window => _window;

    /// <summary>Position after the last window.</summary>
    public long Position { get; private set; }

    /// <summary>How much of the last window is explained by what the agent played, 0..1.</summary>
    public float EchoLikelihood { get; private set; }

    /// <summary>Takes the next window, if it is complete.</summary>
    public bool TryNext(out float probability, out long end, out Instant arrival)
    {
        probability = 0;
        (end, arrival) = (Position, _arrival);
        while (_count < _window.Length)
        {
            if (!TryTakeFrame())
                return false;
        }

        _pending.AsSpan(0, _window.Length).CopyTo(_window);
        _count -= _window.Length;
        _pending.AsSpan(_window.Length, _count).CopyTo(_pending);
        Position += _window.Length;
        (end, arrival) = (Position, _arrival);
        EchoLikelihood = _echo;
        bool rests = Rests();
        probability = rests ? 0 : _detector.Process(_window);
        if (EchoLikelihood >= EchoThreshold)
            probability = 0;
        _level?.Process(_window, probability);
        Keep();
        return true;
    }

    /// <summary>Copies cleaned audio before <see cref="Position"/>; what is no longer there is skipped.</summary>
    /// <param name="from">Position of the first sample wanted; moved forward when it was lost.</param>
    /// <param name="destination">Where it goes.</param>
    /// <returns>How many samples were copied.</returns>
    public int ReadAt(ref long from, Span<short> destination)
    {
        from = Math.Max(from, Math.Max(_keptFrom, Position - Kept));
        int count = (int)Math.Clamp(Position - from, 0, destination.Length);
        for (int i = 0; i < count; i++)
            destination[i] = _kept[(from + i) & KeptMask];
        return count;
    }

    public void Dispose()
    {
        _detector.Dispose();
        _defence?.Dispose();
    }

    private bool TryTakeFrame()
    {
        // Frames are whole, so that is where the window's last one ends.
        int frames = (_window.Length - _count + _frame.Length - 1) / _frame.Length;
        _intake.Wanted = Position + _count + (frames * _frame.Length);
        Interlocked.MemoryBarrier();
        if (!_intake.TryRead(_frame, out long end, out _arrival))
            return false;
        TakeFrame(end - _frame.Length);
        return true;
    }

    private void TakeFrame(long start)
    {
        if (start != Position + _count)
        {
            // Audio was lost in between: the windows begin anew behind it.
            _count = 0;
            Position = _keptFrom = start;
        }

        if (_defence is not null)
        {
            _played.Read(start, _playedFrame);
            _defence.PushPlayed(_playedFrame);
            _echo = _defence.Process(_frame, _frame).EchoLikelihood;
        }

        _frame.CopyTo(_pending.AsSpan(_count));
        _count += _frame.Length;
    }

    private void Keep()
    {
        // What was cleaned of echo still has words in it, and they are not the caller's: nobody is given them as what was said before speech began.
        bool echo = EchoLikelihood >= SurelyEcho;
        long at = Position - _window.Length;
        foreach (short sample in _window)
            _kept[at++ & KeptMask] = echo ? (short)0 : sample;
    }

    private bool Rests()
    {
        if (IsQuiet(_window))
        {
            if (_quiet < WindowsBeforeRest)
                _quiet++;
            return _quiet == WindowsBeforeRest;
        }

        if (_quiet == WindowsBeforeRest)
            _detector.Reset();
        _quiet = 0;
        return false;
    }

    private static bool IsQuiet(ReadOnlySpan<short> window)
    {
        long sum = 0;
        foreach (short sample in window)
            sum += sample * sample;
        return sum < (long)RestLevel * RestLevel * window.Length;
    }
}
