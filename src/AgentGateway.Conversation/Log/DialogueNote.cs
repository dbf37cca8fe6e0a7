namespace AgentGateway.Conversation.Log;

/// <summary>What a <see cref="DialogueNote"/> says.</summary>
public enum DialogueNoteKind
{
    /// <summary>Words of the caller entered history.</summary>
    UserSaid,

    /// <summary>A reply entered history, empty.</summary>
    ReplyBegun,

    /// <summary>A chunk of a reply that will be played, or is shown.</summary>
    Segment,

    /// <summary>The first <see cref="DialogueNote.Length"/> characters of a chunk were heard.</summary>
    Heard,

    /// <summary>Tools ran.</summary>
    Tools,

    /// <summary>No more of a reply will be heard.</summary>
    ReplyClosed,

    /// <summary>The parts of an answer's latency.</summary>
    Measured,

    /// <summary>Something failed; <see cref="DialogueNote.Text"/> is the code.</summary>
    Fault,
}

/// <summary>
/// What happened to the dialogue besides the engine's decisions: the changes of its history, measurements, failures. Only the
/// members that its kind names have a meaning.
/// </summary>
public readonly record struct DialogueNote
{
    /// <summary>What happened.</summary>
    public DialogueNoteKind Kind { get; init; }

    /// <summary>ReplyBegun, Measured: the turn that is answered.</summary>
    public int Turn { get; init; }

    /// <summary>Of replies: which.</summary>
    public int Generation { get; init; }

    /// <summary>Segment, Heard: number of the chunk.</summary>
    public int Segment { get; init; }

    /// <summary>Heard: characters.</summary>
    public int Length { get; init; }

    /// <summary>UserSaid, Segment: the text. Fault: the code.</summary>
    public string? Text { get; init; }

    /// <summary>ReplyClosed: whether it was cut.</summary>
    public bool Cut { get; init; }

    /// <summary>Tools: the calls as JSON.</summary>
    public string? Calls { get; init; }

    /// <summary>Tools: the results as JSON.</summary>
    public string? Results { get; init; }

    /// <summary>Measured: see <see cref="Events.TurnLatency.Endpointing"/>.</summary>
    public TimeSpan Endpointing { get; init; }

    /// <summary>Measured: see <see cref="Events.TurnLatency.Transcription"/>.</summary>
    public TimeSpan Transcription { get; init; }

    /// <summary>Measured: see <see cref="Events.TurnLatency.LlmFirstToken"/>.</summary>
    public TimeSpan LlmFirstToken { get; init; }

    /// <summary>Measured: see <see cref="Events.TurnLatency.FirstChunk"/>.</summary>
    public TimeSpan FirstChunk { get; init; }

    /// <summary>Measured: see <see cref="Events.TurnLatency.TtsFirstAudio"/>.</summary>
    public TimeSpan TtsFirstAudio { get; init; }

    /// <summary>Measured: see <see cref="Events.TurnLatency.Pacing"/>.</summary>
    public TimeSpan Pacing { get; init; }

    /// <summary>Measured: whether the answer was begun before its turn was certainly over.</summary>
    public bool WasSpeculated { get; init; }

    /// <summary>Measured: answers to the turn that were begun ahead and thrown away.</summary>
    public int WastedReplies { get; init; }

    /// <summary>Measured: characters that the model had made for them.</summary>
    public int WastedCharacters { get; init; }
}
