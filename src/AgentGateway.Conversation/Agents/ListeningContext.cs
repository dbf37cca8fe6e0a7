namespace AgentGateway.Conversation.Agents;

/// <summary>What the caller is expected to say next: it decides how patient the engine is, and what counts as complete.</summary>
public enum ListeningContext
{
    /// <summary>Guessed from the agent's last question.</summary>
    Auto,

    /// <summary>Sentences.</summary>
    Open,

    /// <summary>Digits: a code, a customer number, a card.</summary>
    Digits,

    /// <summary>A telephone number.</summary>
    Phone,

    /// <summary>An e-mail address.</summary>
    Email,

    /// <summary>Something spelled letter by letter.</summary>
    Spelling,

    /// <summary>A postal address.</summary>
    Address,
}
