using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Session;
using AgentGateway.Testing.Conversation;

namespace AgentGateway.Conversation.Tests.Session;

/// <summary>A whole conversation on virtual time: 20 ms of microphone in, 20 ms of speaker out, as often as the test says.</summary>
internal sealed class Call : IDisposable
{
    public static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(20);
    public static readonly TimeSpan CallerWord = TimeSpan.FromMilliseconds(250);

    private readonly SynchronizationContext? _outer = SynchronizationContext.Current;
    private readonly PumpContext _pump = new();
    private readonly Queue<short> _microphone = new();
    private readonly short[] _in = new short[320];
    private readonly short[] _out = new short[960];

    public Call(Func<ConversationContext, ConversationContext>? configure = null, string? greeting = null, TurnOptions? turn = null)
    {
        SynchronizationContext.SetSynchronizationContext(_pump);
        Recognizer = new ScriptedRecognizer(CallerWords, Time);
        Synthesizer = new ScriptedSynthesizer(AgentWords, Time);
        Model = new ScriptedChatClient(Time);
        var context = new ConversationContext
        {
            Agent = new AgentDefinition
            {
                Name = "test",
                DisplayName = "Test",
                Version = "0123456789ab",
                SystemPrompt = "Be brief.",
                Greeting = greeting,
                Turn = turn ?? new TurnOptions(),
                Stt = new RecognizerOptions { Readable = false },
                // Words are constant values here: two of them are each other's echo.
                Audio = new AudioOptions { EchoDefence = false, NormalizeLevel = false },
            },
            VoiceActivity = Voice,
            Recognizer = Recognizer,
            Synthesizer = Synthesizer,
            ChatClient = Model,
            TimeProvider = Time,
        };
        Session = new ConversationSession(configure?.Invoke(context) ?? context);
    }

    public ManualTimeProvider Time { get; } = new();

    public WordAudio CallerWords { get; } = new();

    public WordAudio AgentWords { get; } = new();

    public LevelVoiceModel Voice { get; } = new();

    public ScriptedRecognizer Recognizer { get; }

    public ScriptedSynthesizer Synthesizer { get; }

    public ScriptedChatClient Model { get; }

    public ConversationSession Session { get; }

    public Task<ConversationEndReason>? Running { get; private set; }

    public List<ConversationEvent> Events { get; } = [];

    /// <summary>All that was pulled, silence included.</summary>
    public List<short> Heard { get; } = [];

    /// <summary>Whether microphone audio is sent at all.</summary>
    public bool Muted { get; set; }

    /// <summary>Whether the events are left unread.</summary>
    public bool Deaf { get; set; }

    public IEnumerable<string> HeardWords => AgentWords.Decode(Heard, Synthesizer.PerWord, 48_000);

    public string HeardText => string.Join(' ', HeardWords);

    public static Call Start(Func<ConversationContext, ConversationContext>? configure = null, string? greeting = null, TurnOptions? turn = null)
    {
        var call = new Call(configure, greeting, turn);
        call.Begin();
        return call;
    }

    public void Begin(CancellationToken cancellationToken = default)
    {
        Running = Session.RunAsync(cancellationToken);
        Settle();
    }

    /// <summary>The caller speaks.</summary>
    public Call Say(string text)
    {
        foreach (short sample in CallerWords.Speak(text, CallerWord, 16_000))
            _microphone.Enqueue(sample);
        return this;
    }

    /// <summary>The caller makes a sound without words.</summary>
    public Call Noise(int milliseconds)
    {
        for (int i = 0; i < milliseconds * 16; i++)
            _microphone.Enqueue(2000);
        return this;
    }

    /// <summary>The caller pauses.</summary>
    public Call Pause(int milliseconds)
    {
        for (int i = 0; i < milliseconds * 16; i++)
            _microphone.Enqueue(0);
        return this;
    }

    /// <summary>Lets the call go on until the microphone's queue is empty, then for some more time.</summary>
    public Call Play(int milliseconds = 0)
    {
        while (_microphone.Count > 0)
            Step();
        return Run(milliseconds);
    }

    /// <summary>Lets the call go on.</summary>
    public Call Run(int milliseconds)
    {
        for (int i = 0; i < milliseconds / 20; i++)
            Step();
        return this;
    }

    /// <summary>Lets the call go on until an event of a kind was seen for the <paramref name="count"/>-th time.</summary>
    public T Await<T>(int count = 1, int milliseconds = 20_000)
        where T : ConversationEvent
    {
        for (int i = 0; i < milliseconds / 20 && Events.OfType<T>().Count() < count; i++)
            Step();
        return Events.OfType<T>().ElementAtOrDefault(count - 1) ?? throw new Xunit.Sdk.XunitException($"No {typeof(T).Name} #{count} in:\n{this}");
    }

    /// <summary>Waits, without moving time, for an event that work on other threads leads to.</summary>
    public void AwaitOutside<T>()
        where T : ConversationEvent => AwaitOutside(() => Events.OfType<T>().Any(), typeof(T).Name);

    /// <summary>Waits, without moving time, for what work on other threads leads to.</summary>
    public void AwaitOutside(Func<bool> condition, string what) =>
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    Settle();
                    return condition();
                },
                TimeSpan.FromMinutes(1)),
            $"No {what} in:\n{this}");

    public T Single<T>()
        where T : ConversationEvent => Assert.Single(Events.OfType<T>());

    public ConversationEndReason HangUp()
    {
        Session.RequestEnd(ConversationEndReason.CallerHungUp);
        return End();
    }

    /// <summary>Waits for the end, in virtual time.</summary>
    public ConversationEndReason End(int milliseconds = 20_000)
    {
        Settle();
        for (int i = 0; i < milliseconds / 20 && !Running!.IsCompleted; i++)
            Step();
        Assert.True(Running!.IsCompleted, $"Still running:\n{this}");
        Drain();
        return Running.GetAwaiter().GetResult();
    }

    public void Step()
    {
        for (int i = 0; i < _in.Length; i++)
            _in[i] = _microphone.TryDequeue(out short sample) ? sample : (short)0;
        Time.Advance(Frame);
        if (!Muted)
            Session.PushAudio(_in);
        _pump.RunUntilIdle();
        Session.PullAudio(_out);
        Heard.AddRange(_out);
        Settle();
    }

    public override string ToString() => string.Join('\n', Events.Select(e => $"{e.At.TotalMilliseconds,7:F0} {e}"));

    public void Dispose()
    {
        if (Running is { IsCompleted: false })
        {
            Session.RequestEnd(ConversationEndReason.ServerStopped);
            for (int i = 0; i < 100 && !Running.IsCompleted; i++)
                Step();
        }

        SynchronizationContext.SetSynchronizationContext(_outer);
    }

    private void Settle()
    {
        _pump.RunUntilIdle();
        Drain();
    }

    private void Drain()
    {
        while (!Deaf && Session.Events.TryRead(out ConversationEvent? e))
            Events.Add(e);
    }
}
