namespace AgentGateway.Conversation.Text.Spoken;

/// <summary>
/// The hook of a language: how its numbers are written and how values are said. <see cref="SpokenReader"/> finds the values;
/// a language says them. Without a hook, what a voice can read is left to it.
/// </summary>
internal abstract class SpokenLanguage
{
    private static readonly SpokenLanguage American = new EnglishSpeech(monthFirst: true);
    private static readonly SpokenLanguage British = new EnglishSpeech(monthFirst: false);
    private static readonly SpokenLanguage German = new GermanSpeech();

    /// <summary>The mark before a fraction.</summary>
    public abstract char DecimalMark { get; }

    /// <summary>The mark between groups of three digits.</summary>
    public abstract char GroupMark { get; }

    /// <summary>Whether 3/10 is the tenth of March.</summary>
    public abstract bool MonthFirst { get; }

    /// <summary>Whether "3." before a word is an ordinal.</summary>
    public abstract bool OrdinalDot { get; }

    /// <summary>The words for characters of addresses and codes, and between values.</summary>
    public abstract SpokenSigns Signs { get; }

    /// <summary>A whole number, 0..999,999,999,999,999.</summary>
    public abstract string Cardinal(long value);

    /// <summary>The place in an order; <paramref name="before"/> is the word in front, in lower case.</summary>
    public abstract string Ordinal(long value, string before);

    /// <summary>One digit.</summary>
    public abstract string Digit(char digit);

    /// <summary>A year, 1..9999.</summary>
    public abstract string Year(int year);

    /// <summary>The years of a decade ("1990s", or "90s" for a year below 100), or null.</summary>
    public abstract string? Decade(int year);

    /// <summary>A day of a year, or of any.</summary>
    public abstract string Date(int day, int month, int? year, bool dayFirst, string before);

    /// <summary>The month's name.</summary>
    public abstract string MonthName(int month);

    /// <summary>The month of a name or its short form, in any case; 0 when it is none.</summary>
    public abstract int Month(ReadOnlySpan<char> word);

    /// <summary>A time of day, 0:00..24:59.</summary>
    public abstract string Time(int hour, int minute, int? second, DayHalf half);

    /// <summary>An amount of money; <paramref name="currency"/> is an ISO 4217 code.</summary>
    public abstract string Money(Amount amount, string currency, string? magnitude);

    /// <summary>The name of a currency for more than one, or null when it is not known.</summary>
    public abstract string? Currency(string code);

    /// <summary>The words of a unit's symbol for one and for more, or null.</summary>
    public abstract (string One, string Many)? Unit(ReadOnlySpan<char> symbol, bool glued);

    /// <summary>The words of a magnitude ("million", "Mio.", "k"), or null.</summary>
    public abstract string? Magnitude(ReadOnlySpan<char> word, bool glued);

    /// <summary>A number of millions and such.</summary>
    public virtual string Scaled(Amount amount, string magnitude) => Number(amount) + " " + magnitude;

    /// <summary>The day of the week of a name or its short form, without the dot, 1 for Monday; 0 when it is none.</summary>
    public abstract int Weekday(string word);

    /// <summary>The name of a day of the week.</summary>
    public abstract string WeekdayName(int weekday);

    /// <summary>Whether a number with a letter behind this word names a place ("seat 14C").</summary>
    public virtual bool NamesPlace(string before) => false;

    /// <summary>A fraction such as 3/4, or null when it is not said as one.</summary>
    public abstract string? Fraction(int numerator, int denominator);

    /// <summary>An abbreviation, dots included.</summary>
    /// <param name="word">As it is written.</param>
    /// <param name="before">The word in front, in lower case; empty at the start.</param>
    /// <param name="after">The character behind it and white space; 0 at the end.</param>
    public abstract string? Abbreviation(string word, string before, char after);

    /// <summary>Whether a word in capitals is said letter by letter.</summary>
    public abstract bool IsSpelled(ReadOnlySpan<char> word);

    /// <summary>Whether two numbers with a slash behind this word, in lower case, are a day and a month.</summary>
    public virtual bool LeadsDate(string before) => false;

    /// <summary>Whether a sentence may end with this abbreviation (as it is written, without its last dot) because it stands behind a name: "Acme Inc."</summary>
    public abstract bool MayEndSentence(string word);

    /// <summary>Whether this word, with its capital, begins a sentence rather than going on with a name.</summary>
    public abstract bool StartsSentence(ReadOnlySpan<char> word);

    /// <summary>Whether a four-digit number behind this word is a year.</summary>
    public abstract bool LeadsYear(string before);

    /// <summary>A Roman numeral, 1..39, behind this word in lower case: "Henry VIII", "Chapter IV".</summary>
    public abstract string Roman(int value, string before);

    /// <summary>Whether a single letter (I, V, X) behind this word is a numeral.</summary>
    public abstract bool LeadsRoman(string before);

    /// <summary>Whether a number with a dot behind this word is an ordinal, whatever follows.</summary>
    public virtual bool LeadsOrdinal(string before) => false;

    /// <summary>A number in words.</summary>
    public string Number(Amount amount)
    {
        string words;
        if (amount.Whole.Length == 0)
            words = "";
        else if (amount.Whole.Length > 15 || (amount.Whole.Length > 1 && amount.Whole[0] == '0') || (amount.Whole.Length > 6 && !amount.IsGrouped && !amount.HasFraction))
            words = Digits(amount.Whole);
        else
            words = Cardinal(long.Parse(amount.Whole, System.Globalization.CultureInfo.InvariantCulture));
        if (amount.HasFraction)
            words += (words.Length > 0 ? " " : "") + Signs.Point + " " + Digits(amount.Fraction);
        return amount.IsNegative ? Signs.Minus + " " + words : words;
    }

    /// <summary>Digits one by one.</summary>
    public string Digits(ReadOnlySpan<char> digits)
    {
        var words = new System.Text.StringBuilder(digits.Length * 5);
        foreach (char digit in digits)
        {
            if (words.Length > 0)
                words.Append(' ');
            words.Append(Digit(digit));
        }

        return words.ToString();
    }

    /// <summary>The hook of a BCP 47 language; null when it has none.</summary>
    public static SpokenLanguage? For(string language)
    {
        string primary = language.Split('-', '_')[0];
        if (primary.Equals("en", StringComparison.OrdinalIgnoreCase))
            return language.Length == 2 || language.EndsWith("US", StringComparison.OrdinalIgnoreCase) ? American : British;
        return primary.Equals("de", StringComparison.OrdinalIgnoreCase) ? German : null;
    }
}
