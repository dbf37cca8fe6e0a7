using System.Globalization;
using System.Text;
using static AgentGateway.Conversation.Text.Readable.ReadableWords;

namespace AgentGateway.Conversation.Text.Readable;

/// <summary>Numbers of German as people write them. Works on lower-case words; a word that belongs to nothing stays.</summary>
internal static class GermanDigits
{
    private static readonly WordReader[] Readers = [Mail, Digits, Time, Date, Amount];

    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>The words with what can be written in digits and signs.</summary>
    public static List<string> Replace(IReadOnlyList<string> words) => ReadableWords.Replace(words, Readers);

    // "anna punkt meier at beispiel punkt de"
    private static int Mail(IReadOnlyList<string> words, int at, List<string> result)
    {
        var text = new StringBuilder(words[at]);
        bool mail = false;
        bool dot = false;
        int i = at + 1;
        for (; i + 1 < words.Count && Sign(words[i]) is { } sign && Sign(words[i + 1]) is null && !(mail && sign == '@'); i += 2)
        {
            mail |= sign == '@';
            dot |= mail && sign == '.';
            text.Append(sign).Append(words[i + 1]);
        }

        if (!mail || !dot)
            return 0;
        result.Add(text.ToString());
        return i - at;
    }

    private static char? Sign(string word) => word switch
    {
        "punkt" => '.',
        "at" or "ät" or "klammeraffe" => '@',
        "unterstrich" => '_',
        "bindestrich" or "minus" => '-',
        _ => null,
    };

    // Three digits and more, one by one; behind a zero in pairs too, as telephone numbers are said.
    private static int Digits(IReadOnlyList<string> words, int at, List<string> result)
    {
        var digits = new StringBuilder();
        int limit = words[at] == "null" ? 100 : 10;
        int i = at;
        for (; GermanNumber.Read(At(words, i)) is >= 0 and var value && value < limit; i++)
            digits.Append(Culture, $"{value}");
        if (i - at < 3)
            return 0;
        result.Add(digits.ToString());
        return i - at;
    }

    // "sieben uhr dreißig", "ein uhr"
    private static int Time(IReadOnlyList<string> words, int at, List<string> result)
    {
        int hour = words[at] == "ein" ? 1 : GermanNumber.Read(words[at]);
        if (hour is < 0 or > 24 || At(words, at + 1) != "uhr")
            return 0;
        // "um sieben uhr vier personen" counts people; minutes end what is said or go on with these.
        bool minutes = GermanNumber.Read(At(words, at + 2)) is >= 1 and <= 59
            && At(words, at + 3) is null or "am" or "an" or "im" or "und" or "oder" or "bitte" or "für" or "bis" or "morgen" or "heute" or "früh" or "abends" or "morgens";
        result.Add(minutes ? string.Create(Culture, $"{hour}:{GermanNumber.Read(words[at + 2]):D2}") : hour.ToString(Culture));
        result.Add("Uhr");
        return minutes ? 3 : 2;
    }

    // "am dritten märz"
    private static int Date(IReadOnlyList<string> words, int at, List<string> result)
    {
        int day = GermanNumber.ReadDay(words[at]);
        if (day < 0 || !GermanCase.IsMonth(At(words, at + 1)))
            return 0;
        result.Add(string.Create(Culture, $"{day}."));
        return 1;
    }

    // "fünfundzwanzig", "drei komma fünf prozent", "drei euro fünfzig"
    private static int Amount(IReadOnlyList<string> words, int at, List<string> result)
    {
        int value = GermanNumber.Read(words[at]);
        if (value < 0)
            return 0;
        string number = value >= 10_000 ? value.ToString("N0", Culture).Replace(',', '.') : value.ToString(Culture);
        int i = at + 1;
        bool fraction = At(words, i) == "komma" && GermanNumber.Read(At(words, i + 1)) is >= 0 and < 10;
        if (fraction)
        {
            number += ',';
            for (i++; GermanNumber.Read(At(words, i)) is >= 0 and < 10 and var digit; i++)
                number += digit.ToString(Culture);
        }

        string? unit = At(words, i) switch { "euro" => "Euro", "prozent" => "%", "dollar" => "Dollar", "franken" => "Franken", _ => null };
        if (unit is null && !fraction && value <= 12 && At(words, at - 1) is not ("nummer" or "hausnummer" or "zimmer" or "tisch" or "gleis" or "seite" or "platz"))
            return 0;
        if (unit is null)
        {
            result.Add(number);
            return i - at;
        }

        i++;
        if (unit == "Euro" && !fraction && GermanNumber.Read(At(words, i)) is >= 1 and < 100 and var cents
            && (At(words, i + 1) is "cent" || (cents >= 10 && At(words, i + 1) is null)))
        {
            number += string.Create(Culture, $",{cents:D2}");
            i += At(words, i + 1) is "cent" ? 2 : 1;
        }

        result.Add(number);
        result.Add(unit);
        return i - at;
    }
}
