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

    private readonly ConversationContext _context;
    private readonly long _start;
    private readonly AudioIntake _intake = new();
    private readonly PlayoutQueue _playout = new();
    private readonly AsyncSignal _wake = new();
    private readonly Channel<ConversationEvent> _events;
    private readonly Channel<TypedText> _typed = Channel.CreateBounded<TypedText>(32);
    private int _endReason = -1;
    private int _started;

    /// <summary>Creates a session; nothing happens before <see cref="RunAsync"/>, except that audio is kept.</summary>
    public ConversationSession(ConversationContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        _start = context.TimeProvider.GetTimestamp();
        _events = Channel.CreateBounded<ConversationEvent>(new BoundedChannelOptions(1024) { SingleWriter = true });
    }

    /// <summary>
    /// What happens, in order; completes after <see cref="ConversationEnded"/>. One reader, which should keep up: when 1024
    /// events wait, the session drops progress and interim events.
    /// </summary>
    public ChannelReader<ConversationEvent> Events => _events.Reader;

    /// <summary>Samples of caller audio lost because the session could not keep up.</summary>
    public long DroppedInputSamples => _intake.Dropped;

    private Instant Now => new(_context.TimeProvider.GetElapsedTime(_start).Ticks);

    /// <summary>Hands over received audio: 16 kHz mono, 20 ms (320 samples) at a time. The media thread; never blocks.</summary>
    public void PushAudio(ReadOnlySpan<short> pcm16k)
    {
        _intake.Push(pcm16k, Now);
        _wake.Set();
    }

    /// <summary>Takes the next 20 ms to send: 48 kHz mono, 960 samples. The media thread; never blocks or allocates.</summary>
    /// <returns>False when there is nothing to say; the frame is silence then.</returns>
    public bool PullAudio(Span<short> pcm48k)
    {
        bool speech = _playout.Pull(Now, pcm48k);
        if (speech)
            _wake.Set();
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
        if (text.Length == 0)
            return false;
        bool taken = _typed.Writer.TryWrite(new TypedText(text.Length <= MaxTypedLength ? text : text[..MaxTypedLength], runImmediately, audioResponse));
        _wake.Set();
        return taken;
    }

    /// <summary>Asks for the end. Any thread; the first reason counts.</summary>
    public void RequestEnd(ConversationEndReason reason)
    {
        Interlocked.CompareExchange(ref _endReason, (int)reason, -1);
        _wake.Set();
    }

    /// <summary>Runs the conversation until it ends. Once per session.</summary>
    /// <param name="cancellationToken">Ends it with <see cref="ConversationEndReason.ServerStopped"/>.</param>
    /// <returns>Why it ended; everything the session started has ended too.</returns>
    public async Task<ConversationEndReason> RunAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
            throw new InvalidOperationException("A session runs once.");
        await using CancellationTokenRegistration registration =
            cancellationToken.Register(() => RequestEnd(ConversationEndReason.ServerStopped));
        while (Volatile.Read(ref _endReason) < 0)
            await _wake.WaitAsync(CancellationToken.None);
        var reason = (ConversationEndReason)_endReason;
        await _events.Writer.WriteAsync(new ConversationEnded(reason) { At = Now - Instant.Zero }, CancellationToken.None);
        _events.Writer.Complete();
        return reason;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        RequestEnd(ConversationEndReason.ServerStopped);
        _events.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    private readonly record struct TypedText(string Text, bool RunImmediately, bool AudioResponse);
}
