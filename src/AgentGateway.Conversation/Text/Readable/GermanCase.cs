using System.Collections.Frozen;
using static AgentGateway.Conversation.Text.Readable.ReadableWords;

namespace AgentGateway.Conversation.Text.Readable;

/// <summary>Capitals of German words, and whether words ask something. Nouns are a list and the endings that only nouns have.</summary>
internal static class GermanCase
{
    private static readonly FrozenSet<string> Months =
        Set("januar februar märz april mai juni juli august september oktober november dezember");

    private static readonly FrozenSet<string> Nouns = Set(
        "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag uhr euro cent dollar franken tag tage tagen woche wochen monat monate monaten jahr jahre jahren stunde stunden minute "
        + "minuten abend abende nacht nächte mittag vormittag nachmittag wochenende tisch tische tischen zimmer zimmern termin termine terminen person personen leute leuten kind kinder kindern "
        + "frau herr herrn mann familie name namen vorname nachname nummer nummern adresse straße platz plätze haus stadt ort problem probleme frage fragen antwort hilfe dank preis preise "
        + "rechnung konto karte karten vertrag geld auto zug bahn bus flug hotel restaurant frühstück parkplatz arzt praxis doktor rezept internet telefon handy "
        + "e-mail mail computer buchung reservierung bestellung lieferung paket anruf gespräch mitarbeiter kunde kunden firma büro fenster terrasse garten hund allergie geburtstag "
        + "berlin hamburg münchen köln frankfurt stuttgart düsseldorf leipzig dresden hannover bremen wien graz zürich basel bern deutschland österreich schweiz europa "
        + "müller schmidt schneider fischer weber meyer meier wagner becker schulz hoffmann anna peter thomas michael andreas stefan christian martin julia sabine petra claudia");

    // What compounds end with: "doppelzimmer", "kundennummer".
    private static readonly string[] Heads = ["zimmer", "nummer", "adresse", "straße", "termin", "tisch", "karte", "platz", "stunde", "wochenende", "geburtstag", "rechnung"];

    private static readonly string[] Endings = ["ung", "ungen", "heit", "heiten", "keit", "keiten", "schaft", "schaften", "tion", "tionen", "tät"];

    private static readonly FrozenSet<string> Polite = Set("können könnten haben hätten sind würden möchten wollen dürfen geben machen nehmen brauchen bieten sagen wissen");

    private static readonly FrozenSet<string> Openers = Set(
        "was wann wo wer wem wen wie warum wieso weshalb welche welcher welches welchen wohin woher wieviel kann können könnte könnten haben hast hätten ist sind gibt geht darf dürfte "
        + "würden bieten machen nehmen");

    private static readonly FrozenSet<string> LeadIns = Set("hallo ja nein okay ok gut und aber danke äh ähm also ach entschuldigung");

    private static readonly FrozenSet<string> Commas = Set("hallo ja nein okay danke entschuldigung");

    private static readonly FrozenSet<string> Subjects = Set("ich wir das es mein er kann können könnten haben ist sind gibt was wann wo wer wie warum");

    private static readonly FrozenSet<string> NotNames = Set(
        "und aber oder ich wir ein eine einen der die das mit von aus in an am auf für nicht so hier da es auch noch schon mir mich bitte falsch richtig jetzt zu bei");

    /// <summary>Whether a lower-case word is a month.</summary>
    public static bool IsMonth(string? word) => word is not null && Months.Contains(word);

    /// <summary>Whether the words are a question by their form.</summary>
    public static bool IsQuestion(IReadOnlyList<string> words)
    {
        int at = 0;
        while (at < words.Count - 1 && LeadIns.Contains(words[at]))
            at++;
        return words.Count - at > 1 && Openers.Contains(words[at]);
    }

    /// <summary>Sets capitals and the comma behind a greeting, in place.</summary>
    public static void Apply(List<string> words)
    {
        bool comma = words.Count > 1 && Commas.Contains(words[0]) && Subjects.Contains(words[1]);
        for (int i = 0; i < words.Count; i++)
        {
            bool name = i > 1 && ((words[i - 1] is "ist" && words[i - 2] is "Name") || (words[i - 1] is "heiße" && words[i - 2] is "ich" or "Ich"));
            bool spelled = words[i].Length == 1 && ((i > 0 && words[i - 1].Length == 1) || (i + 1 < words.Count && words[i + 1].Length == 1));
            bool polite = i > 0 && words[i] is "sie" or "ihnen" && Polite.Contains(words[i - 1].ToLowerInvariant());
            if (name)
            {
                for (int j = i; j < Math.Min(i + 2, words.Count) && char.IsLetter(words[j][0]) && !NotNames.Contains(words[j]); j++)
                    words[j] = Capital(words[j]);
            }
            else if (spelled || polite || IsNoun(words[i]))
            {
                words[i] = Capital(words[i]);
            }
        }

        if (comma)
            words[0] += ",";
    }

    private static bool IsNoun(string word) =>
        Nouns.Contains(word) || Months.Contains(word)
        || (word.Length >= 7 && !word.Contains('@', StringComparison.Ordinal)
            && (Heads.Any(head => word.EndsWith(head, StringComparison.Ordinal)) || Endings.Any(ending => word.EndsWith(ending, StringComparison.Ordinal))));
}
