namespace AgentGateway.Conversation.Text.Spoken;

/// <summary>A number as it was written.</summary>
/// <param name="Whole">Digits before the decimal mark, without group marks; may be empty (".5").</param>
/// <param name="Fraction">Digits after the decimal mark; empty when there is none.</param>
/// <param name="IsNegative">Whether a minus stands before it.</param>
/// <param name="IsGrouped">Whether it was written with group marks ("1,234").</param>
internal readonly record struct Amount(string Whole, string Fraction, bool IsNegative, bool IsGrouped)
{
    public bool IsOne => Whole == "1" && Fraction.Length == 0 && !IsNegative;

    public bool HasFraction => Fraction.Length > 0;
}

/// <summary>Which half of the day a time was written with.</summary>
internal enum DayHalf
{
    None,
    Morning,
    Afternoon,
}

/// <summary>A value in words: what a range of two values needs to say its unit once.</summary>
/// <param name="Words">The number, date or time in words.</param>
/// <param name="Suffix">The unit in words, or empty.</param>
/// <param name="End">Where it ends in the written text.</param>
/// <param name="Number">The number, when it is a bare one.</param>
internal readonly record struct SpokenValue(string Words, string Suffix, int End, Amount? Number = null)
{
    public string All => Suffix.Length == 0 ? Words : Words + " " + Suffix;
}
