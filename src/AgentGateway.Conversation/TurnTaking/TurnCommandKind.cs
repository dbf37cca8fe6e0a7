namespace AgentGateway.Conversation.TurnTaking;

/// <summary>What a <see cref="TurnCommand"/> asks the driver to do.</summary>
public enum TurnCommandKind
{
    /// <summary>Give the recogniser audio from <see cref="TurnCommand.Position"/> on, as a new utterance.</summary>
    OpenUtterance,

    /// <summary>Stop giving audio and ask the recogniser for the utterance's final.</summary>
    EndUtterance,

    /// <summary>Ask the end-of-turn model, if there is one, about the caller's turn up to now; the answer is a fact.</summary>
    JudgeEndOfTurn,

    /// <summary>Add <see cref="TurnCommand.Text"/> to history as the caller's turn (event: committed). A reply may follow.</summary>
    CommitTurn,

    /// <summary>Add typed text to history without answering.</summary>
    AppendContext,

    /// <summary>Ask the language model for a reply.</summary>
    StartReply,

    /// <summary>Speak a fixed phrase as a reply.</summary>
    Say,

    /// <summary>Cancel model and synthesis of a reply, drop its audio, cut its history at what was heard.</summary>
    CancelReply,

    /// <summary>Hold playout at the present sample.</summary>
    HoldPlayout,

    /// <summary>Go on with playout.</summary>
    ReleasePlayout,

    /// <summary>Event: the agent's state changed.</summary>
    ReportState,

    /// <summary>Event: the caller began a turn by voice.</summary>
    ReportUserStarted,

    /// <summary>Event: the caller's turn is over.</summary>
    ReportUserStopped,

    /// <summary>Event: recognised text of the turn.</summary>
    ReportTranscript,

    /// <summary>Event: the turn held no words.</summary>
    ReportNoWords,

    /// <summary>Event: the first audio of a reply left.</summary>
    ReportAgentStarted,

    /// <summary>Event: the last audio of a reply left, or it was cut.</summary>
    ReportAgentStopped,

    /// <summary>Event: a phase was stuck and was left.</summary>
    ReportStalled,

    /// <summary>The conversation is over; the last command.</summary>
    EndConversation,

    /// <summary>Say a fixed phrase within a reply that is being made, ahead of what it says next.</summary>
    SayFiller,

    /// <summary>
    /// Begin a reply to a turn that is not committed yet, whose text is <see cref="TurnCommand.Text"/>: no tool runs and no audio leaves before
    /// CommitSpeculation.
    /// </summary>
    StartSpeculation,

    /// <summary>The turn was committed with the words that were speculated on: the reply is the answer.</summary>
    CommitSpeculation,

    /// <summary>The turn went on: the reply that was begun is of no use.</summary>
    DropSpeculation,
}
