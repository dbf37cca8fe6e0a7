namespace AgentGateway.Conversation.Text.Spoken;

/// <summary>Words of a language for signs.</summary>
internal sealed record SpokenSigns
{
    public required string Point { get; init; }

    public required string Minus { get; init; }

    public required string Plus { get; init; }

    public required string To { get; init; }

    public required string Per { get; init; }

    public required string By { get; init; }

    public required string And { get; init; }

    public required string Or { get; init; }

    public required string At { get; init; }

    public required string Dot { get; init; }

    public required string Dash { get; init; }

    public required string Colon { get; init; }

    /// <summary>Where groups of an IPv6 address are left out.</summary>
    public required string DoubleColon { get; init; }

    public required string Underscore { get; init; }

    public required string Slash { get; init; }

    public required string Number { get; init; }

    public required string Hashtag { get; init; }

    /// <summary>The key of a telephone.</summary>
    public required string Hash { get; init; }

    /// <summary>The key of a telephone.</summary>
    public required string Star { get; init; }

    public required string Percent { get; init; }

    public required string About { get; init; }

    public required string Equal { get; init; }

    public required string Times { get; init; }

    public required string DividedBy { get; init; }

    public required string Power { get; init; }

    public required string Squared { get; init; }

    public required string Cubed { get; init; }

    public required string Root { get; init; }

    public required string NotEqual { get; init; }

    public required string PlusMinus { get; init; }

    public required string LessThan { get; init; }

    public required string MoreThan { get; init; }

    public required string AtMost { get; init; }

    public required string AtLeast { get; init; }

    public required string Degrees { get; init; }

    public required string Section { get; init; }
}
