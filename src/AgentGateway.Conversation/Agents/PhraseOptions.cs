namespace AgentGateway.Conversation.Agents;

/// <summary>What an agent says when no model is asked, where it is not what its language has by default. 1..300 characters each.</summary>
public sealed record PhraseOptions
{
    /// <summary>The caller was heard, but no words were recognised; null for the default.</summary>
    public string? NotUnderstood { get; init; }

    /// <summary>The answer takes longer than the caller should wait in silence; null for the default.</summary>
    public string? Filler { get; init; }

    /// <summary>It still does; null for the default.</summary>
    public string? FillerAgain { get; init; }

    /// <summary>The caller said nothing for a while; null for the default.</summary>
    public string? StillThere { get; init; }

    /// <summary>The caller still says nothing; null for the default.</summary>
    public string? StillThereAgain { get; init; }

    /// <summary>The call ends because nobody is there; null for the default.</summary>
    public string? IdleGoodbye { get; init; }

    /// <summary>The longest time of a call is nearly reached; null for the default.</summary>
    public string? TimeWarning { get; init; }

    /// <summary>The call ends because it was long enough; null for the default.</summary>
    public string? TimeUp { get; init; }
}
