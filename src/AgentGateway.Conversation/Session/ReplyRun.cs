using System.Threading.Channels;
using AgentGateway.Conversation.Events;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.Session;

/// <summary>One reply while it is made. The marks are written by its flow before what they mark is posted.</summary>
internal sealed class ReplyRun : IDisposable
{
    private readonly CancellationTokenSource _cancellation;
    private readonly TaskCompletionSource _committed = new();

    public ReplyRun(CancellationToken conversation)
    {
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(conversation);
        Token = _cancellation.Token;
    }

    public required int Generation { get; init; }

    public required int Turn { get; init; }

    public required bool Spoken { get; init; }

    /// <summary>Whether it answers a turn, and how fast it does is measured.</summary>
    public bool IsAnswer { get; init; }

    public Instant SpeechEnd { get; set; }

    public Instant Decided { get; set; }

    public Instant Started { get; set; }

    public Instant? FirstToken { get; set; }

    public Instant? FirstChunk { get; set; }

    public Instant? FirstAudio { get; set; }

    /// <summary>Whether the reply is certain to be the answer: before, no tool runs and no audio is written.</summary>
    public bool IsCommitted => _committed.Task.IsCompleted;

    /// <summary>Whether it was begun before its turn was certainly over.</summary>
    public bool WasSpeculated { get; set; }

    /// <summary>What its flow told before it was committed.</summary>
    public List<SessionInput.OfReply> Early { get; } = [];

    /// <summary>Characters of text the model made.</summary>
    public int Characters { get; set; }

    /// <summary>Where its chunks go; null before its flow began.</summary>
    public ChannelWriter<SpokenChunk>? Chunks { get; set; }

    public required PlayoutTracker Tracker { get; init; }

    public bool Measured { get; set; }

    public bool TextCompleted { get; set; }

    /// <summary>Whether a tool asked for the end of the call.</summary>
    public bool EndsCall { get; set; }

    public bool EndReported { get; set; }

    public bool PlayoutStarted { get; set; }

    /// <summary>The present provider call's limit, moved while tools run.</summary>
    public Deadline? Deadline { get; set; }

    /// <summary>Cancelled when the reply is; usable for as long as its flow needs it.</summary>
    public CancellationToken Token { get; }

    /// <summary>The parts of the answer's latency: each begins where the one before ended, so they add up.</summary>
    public TurnLatency Measure(Instant audible)
    {
        Instant at = SpeechEnd;
        return new TurnLatency
        {
            Turn = Turn,
            Endpointing = Next(ref at, Decided),
            Transcription = Next(ref at, Started),
            LlmFirstToken = Next(ref at, FirstToken),
            FirstChunk = Next(ref at, FirstChunk),
            TtsFirstAudio = Next(ref at, FirstAudio),
            Pacing = Next(ref at, audible),
        };
    }

    /// <summary>Waits until it is. Whoever waited goes on off the loop's stack.</summary>
    public async ValueTask WaitForCommitAsync(CancellationToken cancellationToken)
    {
        if (IsCommitted)
            return;
        await _committed.Task.WaitAsync(cancellationToken);
        await Task.Yield();
    }

    /// <summary>The reply is the answer.</summary>
    public void Commit() => _committed.TrySetResult();

    public void Cancel() => _cancellation.Cancel();

    public void Dispose() => _cancellation.Dispose();

    private static TimeSpan Next(ref Instant at, Instant? mark)
    {
        Instant before = at;
        at = Instant.Max(at, mark ?? at);
        return at - before;
    }
}
