using System.Runtime.CompilerServices;
using AgentGateway.Audio;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Ports;
using AgentGateway.Conversation.Session;
using AgentGateway.Providers.Tests.Engines;
using AgentGateway.Testing;
using AgentGateway.Testing.Acoustics;
using AgentGateway.Testing.Conversation;

namespace AgentGateway.Providers.Tests.Front;

/// <summary>
/// A whole conversation on virtual time with the real voice activity model: the agent speaks recordings, the caller's microphone
/// hears what the test puts there and, in a room, the agent. The recogniser finds no words, so only sound decides.
/// </summary>
internal sealed class SpeakerphoneCall : IDisposable
{
    // As long as the recordings that are heard instead: the words of a reply are expected to pass.
    private const string Sentence = "This is one of the sentences of the agent and it goes on for as long as people speak when they have something to tell. ";

    private readonly SynchronizationContext? _outer = SynchronizationContext.Current;
    private readonly PumpContext _pump = new();
    private readonly ManualTimeProvider _time = new();
    private readonly SeededRandom _random;
    private readonly SpeakerRoom? _room;
    private readonly Resampler _down = new(48_000, 16_000);
    private readonly ConversationSession _session;
    private readonly Task _running;
    private readonly short[] _in = new short[320];
    private readonly short[] _out = new short[960];
    private readonly short[] _out16 = new short[330];

    public SpeakerphoneCall(SeededRandom random, SpeakerRoom? room, AudioOptions? audio = null)
    {
        SynchronizationContext.SetSynchronizationContext(_pump);
        _random = random;
        _room = room;
        var model = new ScriptedChatClient(_time) { Default = string.Concat(Enumerable.Repeat(Sentence, 12)) };
        _session = new ConversationSession(new ConversationContext
        {
            Agent = new AgentDefinition
            {
                Name = "test",
                DisplayName = "Test",
                Version = "0123456789ab",
                Audio = audio ?? new AudioOptions(),
            },
            VoiceActivity = SpeechTestFiles.VoiceActivity,
            Recognizer = new ScriptedRecognizer(new WordAudio(), _time) { Deaf = true },
            Synthesizer = new RecordedVoice(),
            ChatClient = model,
            TimeProvider = _time,
        });
        _running = _session.RunAsync(CancellationToken.None);
        Settle();
    }

    public List<ConversationEvent> Events { get; } = [];

    public TimeSpan Now => _time.Elapsed;

    /// <summary>Frames in which the agent was heard.</summary>
    public int SpokenFrames { get; private set; }

    public static short[] Level(short[] pcm, double db)
    {
        double gain = Math.Pow(10, (db - AudioLevel.Dbfs(pcm)) / 20);
        return [.. pcm.Select(x => (short)Math.Clamp(x * gain, short.MinValue, short.MaxValue))];
    }

    /// <summary>Whether the agent has nothing to say.</summary>
    public bool IsListening => Events.OfType<AgentStateChanged>().LastOrDefault() is { State: AgentState.Listening };

    /// <summary>Has the agent say something long.</summary>
    public void Ask()
    {
        _session.PushText("go on");
        Settle();
    }

    /// <summary>20 ms in which the microphone hears this, the agent's echo and the line's noise.</summary>
    public void Step(ReadOnlySpan<short> near)
    {
        _in.AsSpan().Clear();
        near.CopyTo(_in);
        for (int i = 0; i < _in.Length; i++)
            _in[i] = (short)Math.Clamp(_in[i] + _random.NextGaussian(0, 10), short.MinValue, short.MaxValue);
        int count = _down.Process(_out, _out16);
        _room?.Play(_out16.AsSpan(0, Math.Min(count, 320)), _in);
        _time.Advance(TimeSpan.FromMilliseconds(20));
        _session.PushAudio(_in);
        _pump.RunUntilIdle();
        SpokenFrames += _session.PullAudio(_out) ? 1 : 0;
        Settle();
    }

    public void Play(short[] near)
    {
        for (int at = 0; at + 320 <= near.Length; at += 320)
            Step(near.AsSpan(at, 320));
    }

    public void Run(double seconds)
    {
        for (int i = 0; i < seconds * 50; i++)
            Step([]);
    }

    public void Dispose()
    {
        _session.RequestEnd(ConversationEndReason.ServerStopped);
        for (int i = 0; i < 100 && !_running.IsCompleted; i++)
            Step([]);
        _down.Dispose();
        SynchronizationContext.SetSynchronizationContext(_outer);
    }

    public override string ToString() => string.Join('\n', Events.Select(e => $"{e.At.TotalMilliseconds,7:F0} {e}"));

    private void Settle()
    {
        _pump.RunUntilIdle();
        while (_session.Events.TryRead(out ConversationEvent? e))
            Events.Add(e);
    }

    /// <summary>Says recordings of several people instead of the text, one after the other.</summary>
    private sealed class RecordedVoice : ISpeechSynthesizer
    {
        private static readonly string[] Files =
            ["read/lj-002-0020.wav", "read/lj-002-0035.wav", "read/lv-austen-0870.wav", "read/jfk.wav", "read/lj-050-0131.wav", "read/lv-austen-0890.wav"];

        private static readonly Lazy<short[][]> Speech = new(() => [.. Files.Select(file => Level(SpeechTestFiles.Load(SpeechTestFiles.Recording(file)), -20))]);

        private int _next;

        public string Name => "recorded";

        public async IAsyncEnumerable<SpeechAudio> SynthesizeAsync(SpeechRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            short[] pcm = Speech.Value[_next++ % Files.Length];
            for (int at = 0; at < pcm.Length; at += 1600)
                yield return new SpeechAudio(pcm.AsMemory(at, Math.Min(1600, pcm.Length - at)), 16_000, []);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
