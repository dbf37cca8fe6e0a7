using System.Threading.Channels;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Speech;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.Session;

/// <summary>
/// One conversation between a caller and an agent. Audio goes in and out on the media thread; everything else happens in
/// <see cref="RunAsync"/>. Construct, start <see cref="RunAsync"/>, read <see cref="Events"/>, dispose after it completed.
/// </summary>
public sealed class ConversationSession : IAsyncDisposable
{
    private const int MaxTypedLength = 4000;

    // The loop looks at playout whenever it is woken for audio, and every 60 ms at the latest; the synthesis goes on when 200 ms fit.
    private const int FramesPerWake = 2;
    private const int RoomWorthWaking = PlayoutQueue.SampleRate / 5;

    private readonly ConversationContext _context;
    private readonly SessionPorts _ports;
    private int _started;

    // The media thread's: frames played that the loop was not told of.
    private int _framesUntold;
    private bool _playing;

    /// <summary>Creates a session; nothing happens before <see cref="RunAsync"/>, except that audio is kept. Media time starts here.</summary>
    public ConversationSession(ConversationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        _ports = new SessionPorts(context.TimeProvider, context.EndOfTurn is null ? 0 : EndOfTurnJudge.MaxSamples);
    }

    /// <summary>
    /// What happens, in order; completes after <see cref="ConversationEnded"/>. One reader, which should keep up: when 1024
    /// events wait, the session drops progress and interim events.
    /// </summary>
    public ChannelReader<ConversationEvent> Events => _ports.Events.Reader;

    /// <summary>Samples of caller audio lost because the session could not keep up.</summary>
    public long DroppedInputSamples => _ports.Intake.Dropped;

    /// <summary>Events lost because nobody read them in time.</summary>
    public long DroppedEvents => _ports.Events.Dropped;

    /// <summary>
    /// The time from <see cref="PullAudio"/> to the caller's ear, as far as it is known (network and jitter buffer): what was
    /// heard of an interrupted answer is counted back by it. 0..2 s; any thread.
    /// </summary>
    public TimeSpan OutputDelay
    {
        get => TimeSpan.FromSeconds((double)_ports.OutputDelaySamples / PlayoutQueue.SampleRate);
        set => _ports.OutputDelaySamples = (long)(Math.Clamp(value.TotalSeconds, 0, 2) * PlayoutQueue.SampleRate);
    }

    /// <summary>
    /// The time from the arrival of audio to <see cref="PushAudio"/>, as far as it is known (the jitter buffer): latencies are counted from what was received. 0..2 s; any thread.
    /// </summary>
    public TimeSpan InputDelay
    {
        get => _ports.InputDelay;
        set => _ports.InputDelay = TimeSpan.FromTicks(Math.Clamp(value.Ticks, 0, 2 * TimeSpan.TicksPerSecond));
    }

    /// <summary>Hands over received audio: 16 kHz mono, 20 ms (320 samples) at a time. The media thread; never blocks.</summary>
    public void PushAudio(ReadOnlySpan<short> pcm16k)
    {
        // The loop cannot do anything with less than a window: waking it for every frame costs more than the voice activity model.
        if (!_ports.Intake.Push(pcm16k, _ports.Now))
            return;
        _framesUntold = 0;
        _ports.Wake.Set();
    }

    /// <summary>Takes the next 20 ms to send: 48 kHz mono, 960 samples. The media thread; never blocks or allocates.</summary>
    /// <returns>False when there is nothing to say; the frame is silence then.</returns>
    public bool PullAudio(Span<short> pcm48k)
    {
        long before = _ports.Playout.Position;
        bool speech = _ports.Playout.Pull(_ports.Now, pcm48k);
        _ports.Played.Push(_ports.Intake.Written, pcm48k, speech);
        long position = _ports.Playout.Position;
        bool begins = !_playing;
        _playing = position != before;
        if (!_playing)
            return speech;

        // The first frame and the last are news at once, those between them now and then.
        if (begins || ++_framesUntold > FramesPerWake || position == _ports.Playout.Written)
        {
            _framesUntold = 0;
            _ports.Wake.Set();
        }

        if (PlayoutQueue.MaxQueued - (_ports.Playout.Written - position) >= RoomWorthWaking)
            _ports.Room.Set();
        return speech;
    }

    /// <summary>Typed text of the caller. Any thread.</summary>
    /// <param name="text">1..4000 characters; longer text is cut.</param>
    /// <param name="runImmediately">Interrupt the agent and answer at once; otherwise the text only joins the conversation.</param>
    /// <param name="audioResponse">False: the answer to this text is not spoken.</param>
    /// <returns>False when the text is empty, too much is waiting already, or the conversation is over.</returns>
    public bool PushText(string text, bool runImmediately = true, bool audioResponse = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = text.Trim();
        return text.Length > 0
            && _ports.Type(new TypedText(text.Length <= MaxTypedLength ? text : text[..MaxTypedLength], runImmediately, audioResponse));
    }

    /// <summary>A key of the telephone. Any thread. Keys that follow each other are one turn; the hash key ends it.</summary>
    /// <param name="key">One of 0..9, *, # and A..D (or a..d).</param>
    /// <returns>False when there is no such key, too much is waiting already, or the conversation is over.</returns>
    public bool PushDtmf(char key)
    {
        key = char.ToUpperInvariant(key);
        return key is (>= '0' and <= '9') or (>= 'A' and <= 'D') or '*' or '#'
            && _ports.Type(new TypedText(key.ToString(), RunImmediately: true, AudioResponse: true, IsKey: true));
    }

    /// <summary>Asks for the end. Any thread; the first reason counts.</summary>
    public void RequestEnd(ConversationEndReason reason) => _ports.RequestEnd(reason);

    /// <summary>Runs the conversation until it ends. Once per session.</summary>
    /// <param name="cancellationToken">Ends it with <see cref="ConversationEndReason.ServerStopped"/>.</param>
    /// <returns>Why it ended; everything the session started has ended too. Failures are a reason, not an exception.</returns>
    public async Task<ConversationEndReason> RunAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
            throw new InvalidOperationException("A session runs once.");
        SessionLog.Begins(_context.Logger, _context.Agent.Name, _context.Agent.Version);
        await using CancellationTokenRegistration registration =
            cancellationToken.Register(() => RequestEnd(ConversationEndReason.ServerStopped));
        ConversationEndReason reason;
        int turns = 0;
        try
        {
            await using var loop = new ConversationLoop(_context, _ports);
            reason = await loop.RunAsync();
            turns = loop.Turns;
        }
        catch (Exception exception)
        {
            SessionLog.Failed(_context.Logger, exception);
            reason = ConversationEndReason.Failed;
            await _ports.Events.EmitAsync(new ConversationFault("internal_error", "The conversation failed.", Fatal: true) { At = At });
        }

        _ports.CloseTyped();
        // Nothing of the agent may sound once the conversation is over.
        _ports.Playout.Cut(int.MaxValue);
        await _ports.Events.EmitAsync(new ConversationEnded(reason) { At = At });
        _ports.Events.Complete();
        SessionLog.Ended(_context.Logger, reason, turns, DroppedInputSamples, DroppedEvents);
        return reason;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        RequestEnd(ConversationEndReason.ServerStopped);
        if (Volatile.Read(ref _started) == 0)
        {
            _ports.Events.Complete();
            _context.Log?.Complete();
        }

        return ValueTask.CompletedTask;
    }

    private TimeSpan At => _ports.Now - Instant.Zero;
}
