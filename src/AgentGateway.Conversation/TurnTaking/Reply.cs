using AgentGateway.Conversation.Agents;

namespace AgentGateway.Conversation.TurnTaking;

/// <summary>The reply that is being made or played.</summary>
internal sealed class Reply
{
    /// <summary>The reply's number.</summary>
    public required int Generation { get; init; }

    /// <summary>The turn it answers; 0 for the greeting.</summary>
    public required int Turn { get; init; }

    /// <summary>The fixed phrase it consists of, if it is one.</summary>
    public TurnPhrase? Phrase { get; init; }

    /// <summary>Whether the caller may interrupt it.</summary>
    public required bool Interruptible { get; set; }

    /// <summary>What its author says will be heard next.</summary>
    public ListeningContext ListenFor { get; set; }

    /// <summary>Its text so far.</summary>
    public string Text { get; set; } = "";

    /// <summary>Whether it is spoken.</summary>
    public bool Spoken { get; init; } = true;

    /// <summary>How often the caller was told that it takes a moment.</summary>
    public int Fillers { get; set; }

    /// <summary>Whether it takes the place of one that made no progress: the model is asked again once.</summary>
    public bool AskedAgain { get; set; }

    /// <summary>Whether audio of it left.</summary>
    public bool Played { get; set; }
}
