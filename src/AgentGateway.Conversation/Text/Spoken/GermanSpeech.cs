using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;

namespace AgentGateway.Conversation.Text.Spoken;

/// <summary>How values are said in German.</summary>
internal sealed class GermanSpeech : SpokenLanguage
{
    private static readonly SearchValues<char> Vowels = SearchValues.Create("AEIOUYÄÖÜ");

    private static readonly string[] Months =
        ["", "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"];

    private static readonly string[] Small =
    [
        "null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn",
        "siebzehn", "achtzehn", "neunzehn",
    ];

    private static readonly string[] Tens = ["", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"];

    private static readonly FrozenDictionary<string, (string Name, string Part)> Currencies = new Dictionary<string, (string, string)>
    {
        ["EUR"] = ("Euro", "Cent"), ["USD"] = ("Dollar", "Cent"), ["GBP"] = ("Pfund", "Pence"), ["CHF"] = ("Franken", "Rappen"), ["JPY"] = ("Yen", ""),
        ["CAD"] = ("kanadische Dollar", "Cent"), ["AUD"] = ("australische Dollar", "Cent"), ["CNY"] = ("Yuan", ""), ["INR"] = ("Rupien", ""), ["KRW"] = ("Won", ""),
        ["TRY"] = ("Lira", ""), ["RUB"] = ("Rubel", ""), ["SEK"] = ("schwedische Kronen", ""), ["NOK"] = ("norwegische Kronen", ""), ["DKK"] = ("dänische Kronen", ""), ["PLN"] = ("Złoty", ""),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, (string One, string Many)> Units = new Dictionary<string, (string, string)>
    {
        ["km"] = ("Kilometer", "Kilometer"), ["m"] = ("Meter", "Meter"), ["cm"] = ("Zentimeter", "Zentimeter"), ["mm"] = ("Millimeter", "Millimeter"), ["kg"] = ("Kilogramm", "Kilogramm"),
        ["g"] = ("Gramm", "Gramm"), ["mg"] = ("Milligramm", "Milligramm"), ["t"] = ("Tonne", "Tonnen"), ["l"] = ("Liter", "Liter"), ["ml"] = ("Milliliter", "Milliliter"),
        ["m²"] = ("Quadratmeter", "Quadratmeter"), ["qm"] = ("Quadratmeter", "Quadratmeter"), ["m³"] = ("Kubikmeter", "Kubikmeter"), ["km/h"] = ("Kilometer pro Stunde", "Kilometer pro Stunde"),
        ["°C"] = ("Grad Celsius", "Grad Celsius"), ["°"] = ("Grad", "Grad"), ["%"] = ("Prozent", "Prozent"), ["‰"] = ("Promille", "Promille"), ["MB"] = ("Megabyte", "Megabyte"),
        ["GB"] = ("Gigabyte", "Gigabyte"), ["kW"] = ("Kilowatt", "Kilowatt"), ["kWh"] = ("Kilowattstunde", "Kilowattstunden"), ["W"] = ("Watt", "Watt"), ["V"] = ("Volt", "Volt"),
        ["Hz"] = ("Hertz", "Hertz"), ["ms"] = ("Millisekunde", "Millisekunden"), ["s"] = ("Sekunde", "Sekunden"), ["Sek"] = ("Sekunde", "Sekunden"), ["min"] = ("Minute", "Minuten"),
        ["Min"] = ("Minute", "Minuten"), ["h"] = ("Stunde", "Stunden"), ["Std"] = ("Stunde", "Stunden"), ["Stk"] = ("Stück", "Stück"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // D: only before a digit.
    private static readonly FrozenDictionary<string, (string Words, bool BeforeDigit)> Abbreviations = new Dictionary<string, (string, bool)>
    {
        ["z.B."] = ("zum Beispiel", false), ["Z.B."] = ("zum Beispiel", false), ["d.h."] = ("das heißt", false), ["D.h."] = ("das heißt", false), ["u.a."] = ("unter anderem", false),
        ["i.d.R."] = ("in der Regel", false), ["u.U."] = ("unter Umständen", false), ["o.ä."] = ("oder ähnliche", false), ["usw."] = ("und so weiter", false), ["etc."] = ("et cetera", false),
        ["bzw."] = ("beziehungsweise", false), ["ca."] = ("circa", false), ["evtl."] = ("eventuell", false), ["ggf."] = ("gegebenenfalls", false), ["inkl."] = ("inklusive", false),
        ["exkl."] = ("exklusive", false), ["zzgl."] = ("zuzüglich", false), ["Dr."] = ("Doktor", false), ["Prof."] = ("Professor", false), ["Hr."] = ("Herr", false), ["Fr."] = ("Frau", false),
        ["Nr."] = ("Nummer", false), ["Tel."] = ("Telefon", false), ["Str."] = ("Straße", false), ["str."] = ("straße", false), ["St."] = ("Sankt", false), ["Mio."] = ("Millionen", false),
        ["Mrd."] = ("Milliarden", false), ["Std."] = ("Stunden", false), ["Min."] = ("Minuten", false), ["Sek."] = ("Sekunden", false), ["min."] = ("mindestens", true), ["max."] = ("maximal", false),
        ["S."] = ("Seite", true), ["Abs."] = ("Absatz", true), ["Art."] = ("Artikel", true), ["Abb."] = ("Abbildung", true), ["Kap."] = ("Kapitel", true), ["vgl."] = ("vergleiche", false),
        ["Jh."] = ("Jahrhundert", false), ["n.Chr."] = ("nach Christus", false), ["v.Chr."] = ("vor Christus", false), ["m.E."] = ("meines Erachtens", false), ["Mo."] = ("Montag", false),
        ["Di."] = ("Dienstag", false), ["Mi."] = ("Mittwoch", false), ["Do."] = ("Donnerstag", false), ["Fr"] = ("Freitag", true), ["Sa."] = ("Samstag", false), ["So."] = ("Sonntag", true),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Spelled = new[]
    {
        "EU", "USA", "UN", "AG", "API", "URL", "IT", "KI", "EDV", "ID", "IP", "IBAN", "BIC", "FAQ", "ADAC", "AOK", "EC", "ÖPNV", "UKW", "ARD", "IHK", "CEO",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] Weekdays = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"];

    /// <inheritdoc/>
    public override char DecimalMark => ',';

    /// <inheritdoc/>
    public override char GroupMark => '.';

    /// <inheritdoc/>
    public override bool MonthFirst => false;

    /// <inheritdoc/>
    public override bool OrdinalDot => true;

    /// <inheritdoc/>
    public override SpokenSigns Signs { get; } = new()
    {
        Point = "Komma", Minus = "minus", Plus = "plus", To = "bis", Per = "pro", By = "mal", And = "und", Or = "oder", At = "at", Dot = "Punkt", Dash = "Bindestrich", Colon = "Doppelpunkt", DoubleColon = "zwei Doppelpunkte", Underscore = "Unterstrich",
        Slash = "Schrägstrich", Number = "Nummer", Hashtag = "Hashtag", Hash = "Raute", Star = "Stern", Percent = "Prozent", About = "etwa", Equal = "gleich", Times = "mal", DividedBy = "geteilt durch", Power = "hoch", Squared = "Quadrat", Cubed = "hoch drei", Root = "Wurzel aus", NotEqual = "ungleich",
        PlusMinus = "plus minus", LessThan = "kleiner als", MoreThan = "größer als", AtMost = "höchstens", AtLeast = "mindestens", Degrees = "Grad", Section = "Paragraf",
    };

    /// <inheritdoc/>
    public override string Cardinal(long value) => Count(value, final: true);

    /// <inheritdoc/>
    public override string Ordinal(long value, string before)
    {
        string stem = value switch
        {
            1 => "ers",
            3 => "drit",
            7 => "sieb",
            8 => "ach",
            < 20 => Cardinal(value),
            _ => Stem(value),
        };
        string ending = before switch
        {
            "am" or "vom" or "zum" or "beim" or "im" or "dem" or "den" or "ab" or "bis" or "seit" or "des" or "einem" or "jeden" or "diesem" or "diesen" => "ten",
            "der" or "die" or "das" or "diese" or "dieses" => "te",
            _ => "ter",
        };
        return stem + ending;
    }

    /// <inheritdoc/>
    public override string Digit(char digit) => Small[digit - '0'];

    /// <inheritdoc/>
    public override string Year(int year)
    {
        if (year is < 1100 or > 1999)
            return Cardinal(year);
        return Count(year / 100, final: false) + "hundert" + (year % 100 == 0 ? "" : Cardinal(year % 100));
    }

    /// <inheritdoc/>
    public override string? Decade(int year) => null;

    /// <inheritdoc/>
    public override string Date(int day, int month, int? year, bool dayFirst, string before)
    {
        string date = Ordinal(day, before) + " " + Months[month];
        return year is { } y ? date + " " + Year(y) : date;
    }

    /// <inheritdoc/>
    public override string MonthName(int month) => Months[month];

    /// <inheritdoc/>
    public override int Month(ReadOnlySpan<char> word)
    {
        for (int i = 1; i < Months.Length; i++)
        {
            if (word.Equals(Months[i], StringComparison.OrdinalIgnoreCase) || (word.Length == 3 && Months[i].AsSpan(0, 3).Equals(word, StringComparison.OrdinalIgnoreCase)))
                return i;
        }

        return word is "Jänner" ? 1 : word is "Sept" ? 9 : 0;
    }

    /// <inheritdoc/>
    public override string Time(int hour, int minute, int? second, DayHalf half)
    {
        if (half == DayHalf.Afternoon && hour < 12)
            hour += 12;
        string words = (hour == 1 ? "ein" : Cardinal(hour)) + " Uhr" + (minute == 0 ? "" : " " + Cardinal(minute));
        return second is > 0 ? words + " und " + Cardinal(second.Value) + " Sekunden" : words;
    }

    /// <inheritdoc/>
    public override string Money(Amount amount, string currency, string? magnitude)
    {
        (string name, string part) = Currencies[currency];
        if (magnitude is not null)
            return $"{Scaled(amount, magnitude)} {name}";
        if (amount.IsOne)
            return "ein " + name;
        if (amount.Fraction.Length != 2 || part.Length == 0)
            return Number(amount) + " " + name;
        int cents = int.Parse(amount.Fraction, CultureInfo.InvariantCulture);
        Amount whole = amount with { Fraction = "" };
        if (amount.Whole.AsSpan().TrimStart('0').IsEmpty && cents > 0)
            return (amount.IsNegative ? "minus " : "") + (cents == 1 ? "ein" : Cardinal(cents)) + " " + part;
        string large = (whole.IsOne ? "ein" : Number(whole)) + " " + name;
        return cents == 0 ? large : large + " " + Cardinal(cents);
    }

    /// <inheritdoc/>
    public override string? Currency(string code) => Currencies.TryGetValue(code, out (string Name, string) names) ? names.Name : null;

    /// <inheritdoc/>
    public override (string One, string Many)? Unit(ReadOnlySpan<char> symbol, bool glued) =>
        Units.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(symbol, out (string, string) unit) ? unit : null;

    /// <inheritdoc/>
    public override string? Magnitude(ReadOnlySpan<char> word, bool glued) => word switch
    {
        "Million" or "Millionen" or "Mio" => "Millionen",
        "Milliarde" or "Milliarden" or "Mrd" => "Milliarden",
        "Tausend" or "tausend" => "tausend",
        _ => null,
    };

    /// <inheritdoc/>
    public override string Scaled(Amount amount, string magnitude) => (amount.IsOne, magnitude) switch
    {
        (true, "Millionen") => "eine Million",
        (true, "Milliarden") => "eine Milliarde",
        _ => base.Scaled(amount, magnitude),
    };

    /// <inheritdoc/>
    public override int Weekday(string word) => word switch
    {
        "Mo" or "Montag" => 1,
        "Di" or "Dienstag" => 2,
        "Mi" or "Mittwoch" => 3,
        "Do" or "Donnerstag" => 4,
        "Fr" or "Freitag" => 5,
        "Sa" or "Samstag" => 6,
        "So" or "Sonntag" => 7,
        _ => 0,
    };

    /// <inheritdoc/>
    public override string WeekdayName(int weekday) => Weekdays[weekday - 1];

    /// <inheritdoc/>
    public override string? Fraction(int numerator, int denominator)
    {
        string? name = denominator switch
        {
            3 => "Drittel", 4 => "Viertel", 5 => "Fünftel", 6 => "Sechstel", 7 => "Siebtel", 8 => "Achtel", 9 => "Neuntel", 12 => "Zwölftel", 16 => "Sechzehntel",
            32 => "Zweiunddreißigstel", 64 => "Vierundsechzigstel", _ => null,
        };
        if (numerator == 1 && denominator == 2)
            return "ein halb";
        return name is null || numerator == 0 || numerator >= denominator ? null : (numerator == 1 ? "ein" : Cardinal(numerator)) + " " + name;
    }

    /// <inheritdoc/>
    public override string? Abbreviation(string word, string before, char after)
    {
        string glued = word.Replace(" ", "", StringComparison.Ordinal).Replace("\u00a0", "", StringComparison.Ordinal);
        return Abbreviations.TryGetValue(glued, out (string Words, bool BeforeDigit) entry) && (!entry.BeforeDigit || char.IsAsciiDigit(after)) ? entry.Words : null;
    }

    /// <inheritdoc/>
    public override bool IsSpelled(ReadOnlySpan<char> word) =>
        Spelled.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word) || (word.Length <= 5 && !word.ContainsAny(Vowels) && word is not ("HM" or "HMM" or "MHM" or "PST"));

    /// <inheritdoc/>
    public override bool MayEndSentence(string word) => word.EndsWith("str", StringComparison.OrdinalIgnoreCase) || word is "Co" or "jr" or "Jr" or "sen" or "Std" or "Min" or "Mio" or "Mrd" or "Chr";

    /// <inheritdoc/>
    public override bool StartsSentence(ReadOnlySpan<char> word) => word is "Wir" or "Sie" or "Er" or "Es" or "Ich" or "Du" or "Das" or "Der" or "Die" or "Den" or "Dem" or "Ein" or "Eine" or "Bitte"
        or "Dort" or "Hier" or "Da" or "Dann" or "Und" or "Aber" or "Oder" or "Wenn" or "Falls" or "Unser" or "Unsere" or "Ihr" or "Ihre" or "Mein" or "Meine" or "In" or "Im" or "Am" or "An"
        or "Auf" or "Bei" or "Für" or "Mit" or "Nach" or "Von" or "Vor" or "Zu" or "Ist" or "Sind" or "War" or "Hat" or "Haben" or "Kann" or "Können" or "Möchten" or "Was" or "Wer" or "Wie"
        or "Wo" or "Wann" or "Warum" or "Ja" or "Nein" or "Danke" or "Auch" or "Alle" or "Jetzt" or "Heute" or "Morgen";

    /// <inheritdoc/>
    public override bool LeadsYear(string before) =>
        before is "jahr" or "jahre" or "jahres" or "seit" or "anno" or "sommer" or "winter" or "herbst" or "frühling" or "frühjahr" or "ende" or "anfang" or "mitte" or "vor" or "nach" or "von" or "bis" or "in";

    /// <inheritdoc/>
    public override bool LeadsOrdinal(string before) => Ordinal(2, before) != "zweiter" || before is "jeder" or "ein" or "mein" or "kein" or "dieser" or "zur";

    /// <inheritdoc/>
    public override string Roman(int value, string before) => before switch
    {
        "elisabeth" or "katharina" or "margarete" or "margrethe" => "die " + Ordinal(value, "die"),
        "heinrich" or "ludwig" or "karl" or "georg" or "wilhelm" or "friedrich" or "otto" or "philipp" or "pius" or "benedikt" or "paul" or "johannes" or "leo" or "napoleon" or "franz" or "peter" =>
            "der " + Ordinal(value, "der"),
        _ => Cardinal(value),
    };

    /// <inheritdoc/>
    public override bool LeadsRoman(string before) => before is "kapitel" or "teil" or "akt" or "weltkrieg" or "band" or "phase" or "typ" or "klasse" or "anhang";

    private static string Stem(long value)
    {
        string words = Count(value, final: true);
        long last = value % 100;
        if (last is > 0 and < 20)
        {
            string tail = Count(last, final: true);
            string stem = last switch { 1 => "ers", 3 => "drit", 7 => "sieb", 8 => "ach", _ => tail };
            return words[..^tail.Length] + stem;
        }

        return words + "s";
    }

    private static string Count(long value, bool final)
    {
        if (value == 1)
            return final ? "eins" : "ein";
        if (value < 20)
            return Small[value];
        if (value < 100)
            return value % 10 == 0 ? Tens[value / 10] : Count(value % 10, final: false) + "und" + Tens[value / 10];
        if (value < 1000)
            return Count(value / 100, final: false) + "hundert" + (value % 100 == 0 ? "" : Count(value % 100, final));
        if (value < 1_000_000)
            return Count(value / 1000, final: false) + "tausend" + (value % 1000 == 0 ? "" : Count(value % 1000, final));
        (long scale, string one, string many) = value < 1_000_000_000 ? (1_000_000L, "Million", "Millionen")
            : value < 1_000_000_000_000 ? (1_000_000_000L, "Milliarde", "Milliarden") : (1_000_000_000_000L, "Billion", "Billionen");
        long count = value / scale;
        string head = count == 1 ? "eine " + one : Count(count, final: false) + " " + many;
        return value % scale == 0 ? head : head + " " + Count(value % scale, final);
    }
}
