using System.Threading.Channels;
using AgentGateway.Audio.Front;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Speech;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.Session;

/// <summary>What the threads around a session share with its loop.</summary>
internal sealed class SessionPorts
{
    // Holds the keys of a whole entry, which dialects hand over at once.
    private const int TypedCapacity = 96;

    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly Channel<TypedText> _typed =
        Channel.CreateBounded<TypedText>(new BoundedChannelOptions(TypedCapacity) { SingleReader = true });

    private long _outputDelaySamples;
    private long _inputDelayTicks;
    private int _endReason = -1;

    /// <param name="time">The session's time provider.</param>
    /// <param name="keptAudio">Samples at 16 kHz that can be read again, as they came, from the caller's first sound on.</param>
    public SessionPorts(TimeProvider time, int keptAudio)
    {
        _time = time;
        Intake = new AudioIntake(keptAudio);
        _start = time.GetTimestamp();
        Events = new EventSink(time);
    }

    public AudioIntake Intake { get; }

    /// <summary>What was sent, beside what was received.</summary>
    public PlayedAudio Played { get; } = new();

    public PlayoutQueue Playout { get; } = new();

    /// <summary>Something happened.</summary>
    public AsyncSignal Wake { get; } = new();

    /// <summary>The playout queue has room again.</summary>
    public AsyncSignal Room { get; } = new();

    public EventSink Events { get; }

    public ChannelReader<TypedText> Typed => _typed.Reader;

    /// <summary>Media time, from the making of the session.</summary>
    public Instant Now => new(_time.GetElapsedTime(_start).Ticks);

    /// <summary>From playout here to the caller's ear, in samples of the playout queue.</summary>
    public long OutputDelaySamples
    {
        get => Volatile.Read(ref _outputDelaySamples);
        set => Volatile.Write(ref _outputDelaySamples, value);
    }

    /// <summary>From the network to the intake.</summary>
    public TimeSpan InputDelay
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _inputDelayTicks));
        set => Volatile.Write(ref _inputDelayTicks, value.Ticks);
    }

    public ConversationEndReason? RequestedEnd => Volatile.Read(ref _endReason) is >= 0 and var reason ? (ConversationEndReason)reason : null;

    public bool Type(in TypedText text)
    {
        bool taken = _typed.Writer.TryWrite(text);
        Wake.Set();
        return taken;
    }

    public void CloseTyped() => _typed.Writer.TryComplete();

    public void RequestEnd(ConversationEndReason reason)
    {
        Interlocked.CompareExchange(ref _endReason, (int)reason, -1);
        Wake.Set();
    }
}
