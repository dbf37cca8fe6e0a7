using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;

namespace AgentGateway.Conversation.Text.Spoken;

/// <summary>How values are said in English.</summary>
internal sealed class EnglishSpeech(bool monthFirst) : SpokenLanguage
{
    private static readonly SearchValues<char> Vowels = SearchValues.Create("AEIOUY");

    private static readonly string[] Months =
        ["", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    private static readonly FrozenDictionary<string, (string One, string Many, string Part, string Parts)> Currencies = new Dictionary<string, (string, string, string, string)>
    {
        ["USD"] = ("dollar", "dollars", "cent", "cents"),
        ["EUR"] = ("euro", "euros", "cent", "cents"),
        ["GBP"] = ("pound", "pounds", "penny", "pence"),
        ["AUD"] = ("Australian dollar", "Australian dollars", "cent", "cents"),
        ["CAD"] = ("Canadian dollar", "Canadian dollars", "cent", "cents"),
        ["CHF"] = ("Swiss franc", "Swiss francs", "centime", "centimes"),
        ["JPY"] = ("yen", "yen", "", ""),
        ["CNY"] = ("yuan", "yuan", "fen", "fen"),
        ["INR"] = ("rupee", "rupees", "paisa", "paise"),
        ["KRW"] = ("won", "won", "", ""),
        ["TRY"] = ("lira", "lira", "kurus", "kurus"),
        ["RUB"] = ("rouble", "roubles", "kopeck", "kopecks"),
        ["SEK"] = ("Swedish krona", "Swedish kronor", "öre", "öre"),
        ["NOK"] = ("Norwegian krone", "Norwegian kroner", "øre", "øre"),
        ["DKK"] = ("Danish krone", "Danish kroner", "øre", "øre"),
        ["PLN"] = ("zloty", "zlotys", "grosz", "groszy"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, (string One, string Many)> Units = new Dictionary<string, (string, string)>
    {
        ["km"] = ("kilometer", "kilometers"), ["m"] = ("meter", "meters"), ["cm"] = ("centimeter", "centimeters"), ["mm"] = ("millimeter", "millimeters"),
        ["mi"] = ("mile", "miles"), ["ft"] = ("foot", "feet"), ["yd"] = ("yard", "yards"), ["\""] = ("inch", "inches"), ["″"] = ("inch", "inches"),
        ["kg"] = ("kilogram", "kilograms"), ["g"] = ("gram", "grams"), ["mg"] = ("milligram", "milligrams"), ["lb"] = ("pound", "pounds"), ["lbs"] = ("pound", "pounds"),
        ["oz"] = ("ounce", "ounces"), ["l"] = ("liter", "liters"), ["L"] = ("liter", "liters"), ["ml"] = ("milliliter", "milliliters"), ["mL"] = ("milliliter", "milliliters"),
        ["m²"] = ("square meter", "square meters"), ["km²"] = ("square kilometer", "square kilometers"), ["m³"] = ("cubic meter", "cubic meters"), ["sqft"] = ("square foot", "square feet"),
        ["km/h"] = ("kilometer per hour", "kilometers per hour"), ["kmh"] = ("kilometer per hour", "kilometers per hour"), ["kph"] = ("kilometer per hour", "kilometers per hour"),
        ["mph"] = ("mile per hour", "miles per hour"), ["m/s"] = ("meter per second", "meters per second"),
        ["°C"] = ("degree Celsius", "degrees Celsius"), ["°F"] = ("degree Fahrenheit", "degrees Fahrenheit"), ["°"] = ("degree", "degrees"),
        ["%"] = ("percent", "percent"), ["‰"] = ("per mille", "per mille"),
        ["KB"] = ("kilobyte", "kilobytes"), ["kB"] = ("kilobyte", "kilobytes"), ["MB"] = ("megabyte", "megabytes"), ["GB"] = ("gigabyte", "gigabytes"), ["TB"] = ("terabyte", "terabytes"),
        ["Mbps"] = ("megabit per second", "megabits per second"), ["Gbps"] = ("gigabit per second", "gigabits per second"), ["kbps"] = ("kilobit per second", "kilobits per second"),
        ["Mbit/s"] = ("megabit per second", "megabits per second"),
        ["W"] = ("watt", "watts"), ["kW"] = ("kilowatt", "kilowatts"), ["kWh"] = ("kilowatt hour", "kilowatt hours"), ["mAh"] = ("milliamp hour", "milliamp hours"),
        ["V"] = ("volt", "volts"), ["Hz"] = ("hertz", "hertz"), ["kHz"] = ("kilohertz", "kilohertz"), ["MHz"] = ("megahertz", "megahertz"), ["GHz"] = ("gigahertz", "gigahertz"),
        ["dB"] = ("decibel", "decibels"), ["px"] = ("pixel", "pixels"), ["ms"] = ("millisecond", "milliseconds"), ["s"] = ("second", "seconds"), ["sec"] = ("second", "seconds"),
        ["secs"] = ("second", "seconds"), ["min"] = ("minute", "minutes"), ["mins"] = ("minute", "minutes"), ["h"] = ("hour", "hours"), ["hr"] = ("hour", "hours"),
        ["hrs"] = ("hour", "hours"), ["wk"] = ("week", "weeks"), ["yr"] = ("year", "years"), ["yrs"] = ("year", "years"), ["pcs"] = ("piece", "pieces"),
        ["pt"] = ("point", "points"), ["pts"] = ("point", "points"), ["tsp"] = ("teaspoon", "teaspoons"), ["tbsp"] = ("tablespoon", "tablespoons"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, (string One, string Many)> GluedUnits = new Dictionary<string, (string, string)>
    {
        ["C"] = ("degree Celsius", "degrees Celsius"), ["F"] = ("degree Fahrenheit", "degrees Fahrenheit"), ["in"] = ("inch", "inches"), ["'"] = ("foot", "feet"), ["′"] = ("foot", "feet"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Behind each: when it is read so. T before a name, D before a digit, A always, L behind a word.
    private static readonly FrozenDictionary<string, (string Words, char When)> Abbreviations = new Dictionary<string, (string, char)>
    {
        ["Dr."] = ("Doctor", 'T'), ["Mr."] = ("Mister", 'A'), ["Mrs."] = ("Missus", 'A'), ["Ms."] = ("Miss", 'A'), ["Prof."] = ("Professor", 'A'), ["St."] = ("Saint", 'T'),
        ["Rev."] = ("Reverend", 'T'), ["Gen."] = ("General", 'T'), ["Sen."] = ("Senator", 'T'), ["Gov."] = ("Governor", 'T'), ["Capt."] = ("Captain", 'T'), ["Lt."] = ("Lieutenant", 'T'),
        ["Col."] = ("Colonel", 'T'), ["Sgt."] = ("Sergeant", 'T'), ["Hon."] = ("Honorable", 'T'), ["Mt."] = ("Mount", 'T'), ["Ft."] = ("Fort", 'T'), ["Jr."] = ("Junior", 'A'),
        ["Sr."] = ("Senior", 'A'), ["Ave."] = ("Avenue", 'A'), ["Blvd."] = ("Boulevard", 'A'), ["Rd."] = ("Road", 'A'), ["Apt."] = ("Apartment", 'D'), ["Ste."] = ("Suite", 'D'),
        ["Fl."] = ("Floor", 'D'), ["Hwy."] = ("Highway", 'A'), ["Dept."] = ("Department", 'A'), ["dept."] = ("department", 'A'), ["e.g."] = ("for example", 'A'), ["e.g"] = ("for example", 'A'),
        ["i.e."] = ("that is", 'A'), ["i.e"] = ("that is", 'A'), ["etc."] = ("et cetera", 'A'), ["etc"] = ("et cetera", 'A'), ["vs."] = ("versus", 'A'), ["vs"] = ("versus", 'A'),
        ["approx."] = ("approximately", 'A'), ["incl."] = ("including", 'A'), ["excl."] = ("excluding", 'A'), ["est."] = ("established", 'D'), ["tel."] = ("telephone", 'A'),
        ["Tel."] = ("Telephone", 'A'), ["ext."] = ("extension", 'D'), ["Ext."] = ("extension", 'D'), ["ext"] = ("extension", 'D'), ["No."] = ("number", 'D'), ["no."] = ("number", 'D'),
        ["Nos."] = ("numbers", 'D'), ["Nr."] = ("number", 'D'), ["p."] = ("page", 'D'), ["pp."] = ("pages", 'D'), ["vol."] = ("volume", 'D'), ["Vol."] = ("volume", 'D'),
        ["fig."] = ("figure", 'D'), ["Fig."] = ("figure", 'D'), ["ch."] = ("chapter", 'D'), ["max."] = ("maximum", 'A'), ["min."] = ("minimum", 'D'), ["avg."] = ("average", 'A'),
        ["Inc."] = ("Incorporated", 'L'), ["Ltd."] = ("Limited", 'A'), ["Ltd"] = ("Limited", 'A'), ["Co."] = ("Company", 'L'), ["Corp."] = ("Corporation", 'A'), ["hrs."] = ("hours", 'A'),
        ["mins."] = ("minutes", 'A'), ["w/"] = ("with", 'A'), ["w/o"] = ("without", 'A'), ["b/c"] = ("because", 'A'), ["c/o"] = ("care of", 'A'), ["N/A"] = ("not available", 'A'),
        ["n/a"] = ("not available", 'A'), ["Ph.D."] = ("P H D", 'A'), ["a.m."] = ("A M", 'A'), ["p.m."] = ("P M", 'A'), ["A.M."] = ("A M", 'A'), ["P.M."] = ("P M", 'A'),
        ["P.S."] = ("P S", 'A'), ["a.k.a."] = ("also known as", 'A'), ["ca."] = ("about", 'D'), ["Mon."] = ("Monday", 'A'), ["Tue."] = ("Tuesday", 'A'), ["Tues."] = ("Tuesday", 'A'),
        ["Wed."] = ("Wednesday", 'A'), ["Thu."] = ("Thursday", 'A'), ["Thur."] = ("Thursday", 'A'), ["Thurs."] = ("Thursday", 'A'), ["Fri."] = ("Friday", 'A'), ["Sat."] = ("Saturday", 'T'),
        ["Sun."] = ("Sunday", 'T'), ["Jan."] = ("January", 'A'), ["Feb."] = ("February", 'A'), ["Mar."] = ("March", 'T'), ["Apr."] = ("April", 'A'), ["Jun."] = ("June", 'A'),
        ["Jul."] = ("July", 'A'), ["Aug."] = ("August", 'A'), ["Sep."] = ("September", 'A'), ["Sept."] = ("September", 'A'), ["Oct."] = ("October", 'A'), ["Nov."] = ("November", 'A'),
        ["Dec."] = ("December", 'A'),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Spelled = new[]
    {
        "FAQ", "USA", "US", "UK", "EU", "UN", "UAE", "VAT", "API", "URL", "ATM", "ID", "IT", "AI", "UI", "IP", "IBAN", "ISBN", "ETA", "DIY", "CEO", "CFO", "CTO", "ER", "ICU", "IRS",
        "FBI", "CIA", "BBQ", "EV", "AC", "OTP", "SUV", "USB", "PO", "HR", "PR", "QR", "MRI", "ECG", "EKG", "AA", "EOD", "AKA", "IPA", "IOS",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> NotSpelled = new[] { "HMM", "HM", "SHH", "PSST", "MR", "MRS", "MS", "DR", "ST", "PHD", "TH", "ND", "RD", "MHM", "MM", "NTH" }
        .ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> YearWords = new[]
    {
        "in", "since", "until", "till", "year", "of", "before", "after", "during", "from", "early", "late", "mid", "around", "spring", "summer", "autumn", "fall", "winter", "by", "class",
        "easter", "christmas", "copyright",
    }.ToFrozenSet(StringComparer.Ordinal);

    // They stand behind names, so a sentence may end with them.
    private static readonly FrozenSet<string> EndAbbreviations = new[]
    {
        "inc", "ltd", "co", "corp", "bros", "jr", "sr", "st", "ave", "blvd", "rd", "hwy", "u.s", "u.k", "u.n", "e.u", "d.c", "ph.d", "m.d", "b.a", "m.a", "hrs", "mins",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // With a capital they begin a sentence, unlike names.
    private static readonly FrozenSet<string> Starters = new[]
    {
        "They", "We", "It", "He", "She", "You", "I", "The", "This", "That", "These", "Those", "There", "Here", "Our", "Your", "My", "His", "Her", "Its", "Their", "If", "When", "While",
        "After", "Before", "Please", "In", "On", "At", "By", "For", "From", "To", "With", "And", "But", "So", "Or", "Then", "Also", "However", "Is", "Are", "Was", "Were", "Do", "Does",
        "Did", "Can", "Could", "Would", "Should", "Have", "Has", "Had", "What", "Which", "Who", "Where", "Why", "How", "Yes", "No", "Not", "Now", "Thanks", "Thank", "Let", "A", "An",
        "As", "All", "Any", "Both", "Each", "Some", "Most", "Many", "Since", "Because", "Once", "Until", "Just", "Only",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Rulers = new[]
    {
        "henry", "louis", "charles", "george", "edward", "elizabeth", "richard", "james", "william", "philip", "pius", "benedict", "paul", "john", "leo", "napoleon", "frederick",
        "alexander", "catherine", "peter", "nicholas", "ferdinand", "francis", "gregory", "mary", "margaret",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] Weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    /// <inheritdoc/>
    public override char DecimalMark => '.';

    /// <inheritdoc/>
    public override char GroupMark => ',';

    /// <inheritdoc/>
    public override bool MonthFirst => monthFirst;

    /// <inheritdoc/>
    public override bool OrdinalDot => false;

    /// <inheritdoc/>
    public override SpokenSigns Signs { get; } = new()
    {
        Point = "point", Minus = "minus", Plus = "plus", To = "to", Per = "per", By = "by", And = "and", Or = "or", At = "at", Dot = "dot", Dash = "dash", Colon = "colon", DoubleColon = "double colon", Underscore = "underscore",
        Slash = "slash", Number = "number", Hashtag = "hashtag", Hash = monthFirst ? "pound" : "hash", Star = "star", Percent = "percent", About = "about", Equal = "equals", Times = "times", DividedBy = "divided by", Power = "to the power of", Squared = "squared", Cubed = "cubed", Root = "the root of", NotEqual = "is not",
        PlusMinus = "plus or minus", LessThan = "less than", MoreThan = "more than", AtMost = "at most", AtLeast = "at least", Degrees = "degrees", Section = "section",
    };

    /// <inheritdoc/>
    public override string Cardinal(long value) => EnglishNumbers.Cardinal(value);

    /// <inheritdoc/>
    public override string Ordinal(long value, string before) => EnglishNumbers.Ordinal(value);

    /// <inheritdoc/>
    public override string Digit(char digit) => EnglishNumbers.Digit(digit);

    /// <inheritdoc/>
    public override string Year(int year) => EnglishNumbers.Year(year);

    /// <inheritdoc/>
    public override string? Decade(int year)
    {
        if (year % 10 != 0)
            return null;
        string words = EnglishNumbers.Decade(year < 100 ? 1900 + year : year);
        return year < 100 ? words[(words.LastIndexOf(' ') + 1)..] : words;
    }

    /// <inheritdoc/>
    public override string Date(int day, int month, int? year, bool dayFirst, string before)
    {
        string date = dayFirst
            ? (before == "the" ? "" : "the ") + EnglishNumbers.Ordinal(day) + " of " + Months[month]
            : Months[month] + " " + EnglishNumbers.Ordinal(day);
        return year is { } y ? date + ", " + Year(y) : date;
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

        return word.Equals("sept", StringComparison.OrdinalIgnoreCase) ? 9 : 0;
    }

    /// <inheritdoc/>
    public override string Time(int hour, int minute, int? second, DayHalf half)
    {
        string words;
        if (half == DayHalf.None && minute == 0 && second is null && hour > 12)
        {
            (hour, half) = hour == 24 ? (12, DayHalf.Morning) : (hour - 12, DayHalf.Afternoon);
            words = Cardinal(hour);
        }
        else if (minute == 0)
        {
            words = Cardinal(hour) + (half == DayHalf.None && second is null ? hour == 0 ? " hundred hours" : " o'clock" : "");
        }
        else
        {
            words = Cardinal(hour) + (minute < 10 ? " oh " : " ") + Cardinal(minute);
        }

        if (second is > 0)
            words += " and " + Cardinal(second.Value) + (second == 1 ? " second" : " seconds");
        return half switch { DayHalf.Morning => words + " A M", DayHalf.Afternoon => words + " P M", _ => words };
    }

    /// <inheritdoc/>
    public override string Money(Amount amount, string currency, string? magnitude)
    {
        (string one, string many, string part, string parts) = Currencies[currency];
        if (magnitude is not null)
            return $"{Scaled(amount, magnitude)} {many}";
        if (amount.Fraction.Length != 2 || part.Length == 0)
            return Number(amount) + " " + (amount.IsOne ? one : many);
        int cents = int.Parse(amount.Fraction, CultureInfo.InvariantCulture);
        bool none = amount.Whole.AsSpan().TrimStart('0').IsEmpty;
        Amount whole = amount with { Fraction = "" };
        string small = Cardinal(cents) + " " + (cents == 1 ? part : parts);
        if (none && cents > 0)
            return (amount.IsNegative ? "minus " : "") + small;
        string large = Number(whole) + " " + (whole.IsOne ? one : many);
        return cents == 0 ? large : large + " and " + small;
    }

    /// <inheritdoc/>
    public override string? Currency(string code) => Currencies.TryGetValue(code, out (string One, string Many, string, string) names) ? names.Many : null;

    /// <inheritdoc/>
    public override (string One, string Many)? Unit(ReadOnlySpan<char> symbol, bool glued)
    {
        if (Units.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(symbol, out (string, string) unit)
            || (glued && GluedUnits.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(symbol, out unit)))
            return unit;
        return null;
    }

    /// <inheritdoc/>
    public override string? Magnitude(ReadOnlySpan<char> word, bool glued) => word switch
    {
        "million" or "billion" or "thousand" or "trillion" or "hundred" => word.ToString(),
        "mn" => "million",
        "bn" => "billion",
        "k" or "K" when glued => "thousand",
        "M" when glued => "million",
        "B" when glued => "billion",
        _ => null,
    };

    /// <inheritdoc/>
    public override int Weekday(string word) => word switch
    {
        "Mon" or "Monday" => 1,
        "Tue" or "Tues" or "Tuesday" => 2,
        "Wed" or "Wednesday" => 3,
        "Thu" or "Thur" or "Thurs" or "Thursday" => 4,
        "Fri" or "Friday" => 5,
        "Sat" or "Saturday" => 6,
        "Sun" or "Sunday" => 7,
        _ => 0,
    };

    /// <inheritdoc/>
    public override string WeekdayName(int weekday) => Weekdays[weekday - 1];

    /// <inheritdoc/>
    public override bool NamesPlace(string before) => before is "seat" or "seats" or "gate" or "row" or "room" or "suite" or "unit" or "apartment" or "apt" or "flat" or "platform" or "exit" or "terminal" or "bus" or "line" or "class" or "section" or "building" or "zone";

    /// <inheritdoc/>
    public override string? Fraction(int numerator, int denominator)
    {
        if (numerator == 24 && denominator == 7)
            return "twenty four seven";
        if (numerator == 9 && denominator == 11)
            return "nine eleven";
        string? name = denominator switch { 2 => "half", 4 => "quarter", 3 or 5 or 6 or 7 or 8 or 9 or 12 or 16 or 32 or 64 => EnglishNumbers.Ordinal(denominator), _ => null };
        if (numerator == denominator && numerator > 8)
            return Cardinal(numerator) + " " + Cardinal(denominator);
        if (name is null || numerator == 0 || numerator >= denominator)
            return null;
        return Cardinal(numerator) + " " + name + (numerator > 1 ? "s" : "");
    }

    /// <inheritdoc/>
    public override string? Abbreviation(string word, string before, char after)
    {
        if (!Abbreviations.TryGetValue(word, out (string Words, char When) entry))
            return null;
        bool fits = entry.When switch
        {
            'T' => char.IsUpper(after) || (char.IsAsciiDigit(after) && word is "Sat." or "Sun." or "Mar."),
            'D' => char.IsAsciiDigit(after),
            'L' => before.Length > 0,
            _ => true,
        };
        if (fits)
            return entry.Words;
        // Behind a name they are streets.
        return before.Length == 0 ? null : word switch { "St." => "Street", "Dr." => "Drive", _ => null };
    }

    /// <inheritdoc/>
    public override bool IsSpelled(ReadOnlySpan<char> word) =>
        Spelled.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word)
        || (!word.ContainsAny(Vowels) && !NotSpelled.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word));

    /// <inheritdoc/>
    public override bool LeadsDate(string before) => before is "on" or "by" or "until" or "till" or "since" or "due" or "dated" or "through" || Weekday(Capitalised(before)) > 0;

    /// <inheritdoc/>
    public override bool MayEndSentence(string word) => EndAbbreviations.Contains(word) || Month(word) > 0;

    /// <inheritdoc/>
    public override bool StartsSentence(ReadOnlySpan<char> word) => Starters.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);

    /// <inheritdoc/>
    public override bool LeadsYear(string before) => YearWords.Contains(before);

    /// <inheritdoc/>
    public override string Roman(int value, string before) => Rulers.Contains(before) ? "the " + Ordinal(value, before) : Cardinal(value);

    /// <inheritdoc/>
    public override bool LeadsRoman(string before) => before is "chapter" or "part" or "act" or "war" or "volume" or "phase" or "type" or "class" or "appendix";

    private static string Capitalised(string word) => word.Length == 0 ? "" : char.ToUpperInvariant(word[0]) + word[1..];
}
