namespace AgentGateway.Conversation.Script.Language;

/// <summary>A value found in an utterance.</summary>
/// <param name="Start">Index of its first word.</param>
/// <param name="Length">Number of words.</param>
/// <param name="Explicit">Whether the words alone say what kind of value it is ("at seven", "four people"); a bare "seven" does not.</param>
internal abstract record Entity(int Start, int Length, bool Explicit);

/// <summary>A whole number.</summary>
internal sealed record NumberEntity(int Start, int Length, bool Explicit, int Value) : Entity(Start, Length, Explicit);

/// <summary>A day.</summary>
internal sealed record DateEntity(int Start, int Length, DateOnly Value) : Entity(Start, Length, Explicit: true);

/// <summary>A time of day; 12-hour times without morning or evening stay open.</summary>
/// <param name="Start">Index of its first word.</param>
/// <param name="Length">Number of words.</param>
/// <param name="Explicit">False for a bare number.</param>
/// <param name="Hour">0..23, or 1..12 when <paramref name="IsOpen"/>.</param>
/// <param name="Minute">0..59.</param>
/// <param name="IsOpen">Whether it may be morning or evening.</param>
internal sealed record TimeEntity(int Start, int Length, bool Explicit, int Hour, int Minute, bool IsOpen) : Entity(Start, Length, Explicit)
{
    /// <summary>The time of day, decided by when it can be: the reading within the bounds, the later one when both are.</summary>
    public TimeOnly Resolve(TimeOnly from, TimeOnly to)
    {
        if (!IsOpen)
            return new TimeOnly(Hour, Minute);
        var morning = new TimeOnly(Hour % 12, Minute);
        var evening = new TimeOnly((Hour % 12) + 12, Minute);
        return (evening >= from && evening <= to) || morning < from || morning > to ? evening : morning;
    }
}
