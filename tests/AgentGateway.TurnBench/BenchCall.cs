using AgentGateway.Audio;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Log;
using AgentGateway.Conversation.Log.Replay;
using AgentGateway.Conversation.Session;
using AgentGateway.Testing.Conversation;
using AgentGateway.TurnBench.Audio;
using AgentGateway.TurnBench.Engines;

namespace AgentGateway.TurnBench;

/// <summary>Where a call takes place.</summary>
internal sealed record Line
{
    internal TurnOptions Turn { get; init; } = new();

    /// <summary>What the agent always answers.</summary>
    internal string Reply { get; init; } = "Okay, I have noted that.";

    /// <summary>Speech to noise in dB; null for a quiet room.</summary>
    internal double? SpeechToNoise { get; init; }

    /// <summary>How late the agent's voice comes back through the microphone; null for a headset.</summary>
    internal TimeSpan? Echo { get; init; }

    internal double EchoGain { get; init; } = -10;

    /// <summary>Whether the voice tells when its words are.</summary>
    internal bool WithTimings { get; init; } = true;

    internal ulong Seed { get; init; }
}

/// <summary>A whole conversation with the embedded engines on virtual time: 20 ms of microphone in, 20 ms of speaker out.</summary>
internal sealed class BenchCall : IDisposable
{
    private const int FrameSamples = 320;
    private const int Substeps = 4;
    private const int Audible = 33;
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(20);

    private readonly SynchronizationContext? _outer = SynchronizationContext.Current;
    private readonly PumpContext _pump = new();
    private readonly ManualTimeProvider _time = new();
    private readonly ConversationSession _session;
    private readonly CallLogBuffer _log = new();
    private readonly Task<ConversationEndReason> _running;
    private readonly Line _line;
    private readonly float[] _noise;
    private readonly Resampler _toMicrophone = new(48_000, Utterance.SampleRate);
    private readonly Queue<short> _said = new();
    private readonly float[] _echo = new float[Utterance.SampleRate];
    private readonly short[] _in = new short[FrameSamples];
    private readonly short[] _out = new short[960];
    private readonly short[] _played = new short[FrameSamples + 8];
    private TimeSpan _grid;
    private long _position;
    private long _noiseAt;
    private bool _spoke;

    internal BenchCall(BenchEngines engines, Line line, float[] noise, Func<ConversationContext, ConversationContext>? configure = null)
    {
        SynchronizationContext.SetSynchronizationContext(_pump);
        _line = line;
        _noise = noise;
        _noiseAt = noise.Length == 0 ? 0 : (long)(line.Seed * 7919 % (ulong)noise.Length);
        var context = new ConversationContext
        {
            Agent = new AgentDefinition { Name = "bench", DisplayName = "Bench", Version = "0", Turn = line.Turn },
            VoiceActivity = engines.VoiceActivity,
            EndOfTurn = new ChargedEndOfTurnModel(engines.EndOfTurn, _time, engines.Costs.EndOfTurn),
            Recognizer = new ChargedRecognizer(engines.Recognizer, _time, engines.Costs),
            Synthesizer = Voice = new ChargedSynthesizer(engines.Flite, _time, engines.Costs.Voice) { WithTimings = line.WithTimings },
            ChatClient = new InstantModel(line.Reply),
            TimeProvider = _time,
            Log = _log,
        };
        _session = new ConversationSession(configure?.Invoke(context) ?? context);
        _running = _session.RunAsync(CancellationToken.None);
        _pump.RunUntilIdle();
    }

    internal ChargedSynthesizer Voice { get; }

    /// <summary>The call's log.</summary>
    internal ReadOnlyMemory<byte> Log => _log.Bytes;

    internal TimeSpan Now => _time.Elapsed;

    internal List<ConversationEvent> Events { get; } = [];

    /// <summary>When the agent's last audible frame was pulled; null before the first.</summary>
    internal TimeSpan? LastAudible { get; private set; }

    /// <summary>Whether the agent's last frame was audible.</summary>
    internal bool IsSounding { get; private set; }

    /// <summary>Frames that held speech of the agent, its own pauses included.</summary>
    internal long SpeechFrames { get; private set; }

    /// <summary>How often the agent's speech stopped. The last frame before a stop only fades: it is not consumed.</summary>
    internal int Stops { get; private set; }

    /// <summary>What the agent said, to the sample.</summary>
    internal Speech Speech { get; } = new();

    /// <summary>Samples of the agent's speech that left, at 48 kHz.</summary>
    internal long PlayedSamples => (SpeechFrames - Stops) * _out.Length;

    internal AgentState State => Events.OfType<AgentStateChanged>().LastOrDefault()?.State ?? AgentState.Initializing;

    /// <summary>The caller speaks after what is still to be said; returns when its first and after its last sample is received.</summary>
    internal (TimeSpan Start, TimeSpan End) Say(Utterance utterance)
    {
        TimeSpan start = Now + TimeSpan.FromSeconds((double)_said.Count / Utterance.SampleRate);
        foreach (short sample in utterance.Pcm)
            _said.Enqueue(sample);
        return (start, start + utterance.Length);
    }

    internal void Type(string text) => _session.PushText(text);

    internal void SetOutputDelay(TimeSpan delay) => _session.OutputDelay = delay;

    internal void Run(TimeSpan time)
    {
        for (TimeSpan end = Now + time; Now < end;)
            Step();
    }

    /// <summary>Goes on until a condition holds; false when it does not within a time.</summary>
    internal bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        for (TimeSpan end = Now + limit; Now < end;)
        {
            if (condition())
                return true;
            Step();
        }

        return condition();
    }

    internal void Step()
    {
        Compose();
        // The grid stays, whatever was computed meanwhile.
        for (int i = 0; i < Substeps; i++)
        {
            _grid += Frame / Substeps;
            if (_grid > Now)
                _time.Advance(_grid - Now);
            if (i == Substeps - 1)
                _session.PushAudio(_in);
            _pump.RunUntilIdle();
            Drain();
        }

        bool spoke = _session.PullAudio(_out);
        SpeechFrames += spoke ? 1 : 0;
        if (spoke)
            Speech.Add(_out);
        else if (_spoke)
            Speech.Stop();
        Stops += _spoke && !spoke ? 1 : 0;
        _spoke = spoke;
        IsSounding = Array.Exists(_out, sample => Math.Abs((int)sample) > Audible);
        if (IsSounding)
            LastAudible = Now;
        if (_line.Echo is { } delay)
            AddEcho(delay);
        _pump.RunUntilIdle();
        Drain();
    }

    /// <summary>Hangs up and replays the log.</summary>
    internal ReplayReport HangUp()
    {
        _session.RequestEnd(ConversationEndReason.CallerHungUp);
        for (int i = 0; i < 1000 && !_running.IsCompleted; i++)
            Step();
        if (!_running.IsCompleted)
            throw new InvalidOperationException("The call does not end.");
        if (!CallLogReader.TryOpen(_log.Bytes, out CallLogReader? log, out string? problem))
            throw new InvalidDataException(problem);
        return CallReplay.Run(log!);
    }

    public void Dispose()
    {
        SynchronizationContext.SetSynchronizationContext(_outer);
        _toMicrophone.Dispose();
    }

    // Voice, room and what the loudspeaker gives back.
    private void Compose()
    {
        double noise = _line.SpeechToNoise is { } ratio ? Sounds.Amplitude(Sounds.SpeechLevel - ratio) : Sounds.Amplitude(-72);
        for (int i = 0; i < FrameSamples; i++)
        {
            double sample = _said.TryDequeue(out short said) ? said : 0;
            if (_noise.Length > 0)
                sample += noise * _noise[_noiseAt++ % _noise.Length];
            int slot = (int)(_position++ % _echo.Length);
            sample += _echo[slot];
            _echo[slot] = 0;
            _in[i] = (short)Math.Clamp(sample, short.MinValue, short.MaxValue);
        }
    }

    // A small room: the direct way and three walls.
    private void AddEcho(TimeSpan delay)
    {
        int count = _toMicrophone.Process(_out, _played);
        double gain = Math.Pow(10, _line.EchoGain / 20);
        long at = _position + (long)(delay.TotalSeconds * Utterance.SampleRate) - FrameSamples;
        for (int i = 0; i < count; i++)
        {
            foreach ((int later, double share) in ((int, double)[])[(0, 0.85), (53, 0.4), (131, -0.28), (227, 0.15)])
                _echo[(int)((at + i + later) % _echo.Length)] += (float)(_played[i] * gain * share);
        }
    }

    private void Drain()
    {
        while (_session.Events.TryRead(out ConversationEvent? e))
            Events.Add(e);
    }
}
