using System.Collections.Frozen;

namespace AgentGateway.Conversation.TurnTaking;

/// <summary>
/// The words of a language that say something about turns. A language without lists works by punctuation and time alone.
/// </summary>
internal sealed class TurnVocabulary
{
    // Before the vocabularies: they are made with it.
    private static readonly FrozenSet<string> Empty = FrozenSet<string>.Empty;

    private static readonly TurnVocabulary English = new()
    {
        BackChannels = Set(BackChannelPhrases.English),
        CommonBackChannels = Set(BackChannelPhrases.CommonEnglish),
        Interjections = Set("ah", "oh", "yeah", "okay"),
        Interrupts = Set(
            "stop", "wait", "no", "nope", "hold on", "hang on", "one moment", "one second", "excuse me", "sorry", "pardon", "listen", "hello", "hey",
            "actually", "cancel", "never mind", "not that", "shut up", "be quiet", "let me", "what"),
        Dangling = Set(
            "and", "but", "or", "so", "because", "cause", "although", "though", "if", "when", "while", "unless", "until", "than", "that", "which",
            "whose", "the", "a", "an", "these", "those", "my", "your", "his", "its", "our", "their", "to", "of", "for", "from", "with", "into",
            "between", "i", "i'm", "it's", "i'd", "i'll", "i've", "we're", "um", "uh", "er", "erm", "hmm", "plus", "dot", "point", "double", "let's",
            "gonna", "wanna"),
        Leaning = Set(
            "this", "her", "who", "in", "on", "at", "by", "about", "near", "like", "as", "is", "are", "was", "were", "am", "be", "we", "they", "he",
            "she", "can", "could", "would", "should", "will", "want", "need", "well", "not", "very", "also", "then", "maybe"),
        Complete = Set(
            "yes", "yes please", "no", "no thanks", "no thank you", "nope", "yep", "yeah", "sure", "okay", "ok", "thanks", "thank you", "bye",
            "goodbye", "bye bye", "hello", "hi", "good morning", "good evening", "please", "correct", "right", "that's right", "that's all",
            "that is all", "never mind", "i don't know", "stop", "help", "thank you very much", "thanks a lot", "thank you goodbye", "that's it"),
        Openers = Set(
            "what", "what's", "when", "when's", "where", "where's", "who", "who's", "how", "how's", "why", "which", "can", "could", "do", "does", "did",
            "is", "are", "will", "would", "may", "have", "should"),
        Digits = Set(
            "zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
            "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
            "hundred", "thousand"),
        Requests = Set("please", "tell", "give", "say", "spell", "enter", "repeat", "need", "what's"),
        PhoneWords = Set("phone number", "telephone number", "mobile number", "cell number", "callback number", "contact number", "call you back", "reach you at", "phone"),
        EmailWords = Set("email", "e-mail", "email address", "mail address"),
        SpellingWords = Set("spell", "spelled", "spelling", "letter by letter"),
        DigitWords = Set(
            "account number", "card number", "customer number", "order number", "reference number", "booking number", "confirmation number", "booking reference",
            "tracking number", "policy number", "member number", "membership number", "social security", "pin", "code", "postcode", "zip code", "digits", "serial number",
            "confirmation code", "date of birth"),
        AddressWords = Set("address", "street", "where do you live", "home address"),
    };

    private static readonly TurnVocabulary German = new()
    {
        BackChannels = Set(BackChannelPhrases.German),
        CommonBackChannels = Set(BackChannelPhrases.CommonGerman),
        Interjections = Set("ah", "oh", "ja", "okay"),
        Interrupts = Set(
            "stopp", "stop", "halt", "warte", "warten sie", "moment", "einen moment", "nein", "nee", "entschuldigung", "hallo", "sorry", "hör auf",
            "was", "wie bitte", "abbrechen"),
        Dangling = Set(
            "und", "aber", "oder", "weil", "dass", "wenn", "ob", "als", "denn", "der", "die", "das", "den", "dem", "des", "ein", "eine", "einen", "einem",
            "einer", "mein", "meine", "dein", "ihr", "sein", "von", "für", "bei", "über", "im", "am", "vom", "zum", "zur", "ich", "äh", "ähm", "punkt",
            "komma"),
        Leaning = Set(
            "zu", "in", "an", "auf", "mit", "nach", "aus", "um", "wir", "sie", "er", "es", "ist", "sind", "war", "habe", "möchte", "will", "kann", "also",
            "nicht", "sehr", "noch"),
        Complete = Set(
            "ja", "ja bitte", "nein", "nein danke", "danke", "vielen dank", "tschüss", "auf wiedersehen", "auf wiederhören", "hallo", "guten tag",
            "guten morgen", "guten abend", "okay", "genau", "stimmt", "das war's", "das war alles", "bitte", "hilfe", "stopp"),
        Openers = Set(
            "was", "wann", "wo", "wer", "wie", "warum", "welche", "welcher", "welches", "kann", "können", "könnten", "haben", "hast", "ist", "sind", "gibt",
            "darf", "wohin", "woher"),
        Digits = Set(
            "null", "eins", "zwei", "zwo", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf", "zwanzig", "dreißig",
            "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig", "hundert", "tausend"),
        Requests = Set("bitte", "nennen", "sagen", "geben", "brauche", "buchstabieren", "wiederholen"),
        PhoneWords = Set("telefonnummer", "handynummer", "rufnummer", "mobilnummer", "telefon"),
        EmailWords = Set("e-mail", "email", "e-mail-adresse", "mailadresse", "emailadresse", "mail-adresse"),
        SpellingWords = Set("buchstabieren", "buchstabiert", "buchstabiere"),
        DigitWords = Set(
            "kundennummer", "kontonummer", "bestellnummer", "kartennummer", "auftragsnummer", "rechnungsnummer", "vertragsnummer", "pin", "code", "postleitzahl", "plz",
            "geburtsdatum", "iban", "ziffern"),
        AddressWords = Set("adresse", "anschrift", "straße", "hausnummer"),
    };

    private static readonly TurnVocabulary None = new();

    private const int LongestPhrase = 4;
    private const int ShortCall = 4;

    private readonly Lazy<FrozenSet<string>> _nods;
    private readonly Lazy<FrozenSet<string>> _calls;

    private TurnVocabulary()
    {
        _nods = new Lazy<FrozenSet<string>>(SoundsOfNods);
        _calls = new Lazy<FrozenSet<string>>(SoundsOfCalls);
    }

    /// <summary>Said while listening, without wanting the floor.</summary>
    public FrozenSet<string> BackChannels { get; private init; } = Empty;

    /// <summary>Those of them said most, which others are misheard for.</summary>
    public FrozenSet<string> CommonBackChannels { get; private init; } = Empty;

    /// <summary>Back-channels that another one often follows.</summary>
    public FrozenSet<string> Interjections { get; private init; } = Empty;

    /// <summary>Said to take the floor, however short.</summary>
    public FrozenSet<string> Interrupts { get; private init; } = Empty;

    /// <summary>Words that a sentence does not end with.</summary>
    public FrozenSet<string> Dangling { get; private init; } = Empty;

    /// <summary>Words that a sentence may end with, but more often goes on after.</summary>
    public FrozenSet<string> Leaning { get; private init; } = Empty;

    /// <summary>Whole turns, however short.</summary>
    public FrozenSet<string> Complete { get; private init; } = Empty;

    /// <summary>First words of questions.</summary>
    public FrozenSet<string> Openers { get; private init; } = Empty;

    /// <summary>Number words.</summary>
    public FrozenSet<string> Digits { get; private init; } = Empty;

    /// <summary>Words that make a sentence a request.</summary>
    public FrozenSet<string> Requests { get; private init; } = Empty;

    /// <summary>What an agent asks for with these is a telephone number.</summary>
    public FrozenSet<string> PhoneWords { get; private init; } = Empty;

    /// <summary>What an agent asks for with these is an e-mail address.</summary>
    public FrozenSet<string> EmailWords { get; private init; } = Empty;

    /// <summary>An agent asks to spell something with these.</summary>
    public FrozenSet<string> SpellingWords { get; private init; } = Empty;

    /// <summary>What an agent asks for with these is a number of some digits.</summary>
    public FrozenSet<string> DigitWords { get; private init; } = Empty;

    /// <summary>What an agent asks for with these is a postal address.</summary>
    public FrozenSet<string> AddressWords { get; private init; } = Empty;

    /// <summary>The lists of a BCP 47 language.</summary>
    public static TurnVocabulary For(string language)
    {
        ReadOnlySpan<char> primary = language.AsSpan();
        int hyphen = primary.IndexOf('-');
        if (hyphen >= 0)
            primary = primary[..hyphen];
        return primary switch
        {
            _ when primary.Equals("en", StringComparison.OrdinalIgnoreCase) => English,
            _ when primary.Equals("de", StringComparison.OrdinalIgnoreCase) => German,
            _ => None,
        };
    }

    /// <summary>The words of a text in lower case, without punctuation around them.</summary>
    public static List<string> Words(string text)
    {
        List<string> words = [];
        foreach (Range range in text.AsSpan().SplitAny(' ', '\t', '\n', '\r'))
        {
            ReadOnlySpan<char> word = text.AsSpan(range).Trim(".,;:!?\"'()[]…-–—¿¡");
            if (word.IsEmpty)
                continue;
            words.Add(word.ToString().Replace('’', '\'').ToLowerInvariant());
        }

        return words;
    }

    /// <summary>
    /// How many words are left when back-channels are taken out. None when those left say nothing by themselves: a nod that was
    /// misheard is mostly "the", "but" or a letter, and somebody who means it says more.
    /// </summary>
    /// <param name="words">The words.</param>
    /// <param name="surely">Whether they were surely heard: then "but" is no misheard nod.</param>
    public int CountRealWords(List<string> words, bool surely = false)
    {
        int real = 0;
        bool says = false;
        for (int i = 0; i < words.Count;)
        {
            int matched = Match(BackChannels, words, i);
            real += matched == 0 ? 1 : 0;
            says |= matched == 0 && (surely || !Dangling.Contains(words[i]) && !(words[i].Length == 1 && char.IsAsciiLetter(words[i][0])));
            i += Math.Max(matched, 1);
        }

        return says ? real : 0;
    }

    /// <summary>How near words sound to a common back-channel, as <see cref="WordSounds.Distance"/>; 1 when there is no list.</summary>
    public double NodDistance(List<string> words) => Nearest(words, _nods.Value);

    /// <summary>The same for what takes the floor.</summary>
    public double InterruptDistance(List<string> words) => Nearest(words, _calls.Value);

    /// <summary>Whether a text that is still growing may become a back-channel: "all" of "all right".</summary>
    public bool MayBecomeNod(List<string> words)
    {
        string text = string.Join(' ', words);
        return BackChannels.Any(nod => nod.StartsWith(text, StringComparison.Ordinal));
    }

    /// <summary>Whether the text holds a word or phrase that takes the floor, and not as part of a longer back-channel: "no problem".</summary>
    public bool HasInterrupt(List<string> words)
    {
        for (int i = 0; i < words.Count;)
        {
            int nod = Match(BackChannels, words, i);
            if (Match(Interrupts, words, i) is > 0 and var call && call >= nod)
                return true;
            i += Math.Max(nod, 1);
        }

        return false;
    }

    /// <summary>Whether the text holds one of some words or phrases.</summary>
    public static bool Has(FrozenSet<string> phrases, List<string> words)
    {
        for (int i = 0; i < words.Count; i++)
        {
            if (Match(phrases, words, i) > 0)
                return true;
        }

        return false;
    }

    private static double Nearest(List<string> words, FrozenSet<string> sounds)
    {
        string heard = WordSounds.Of(words);
        double nearest = 1;
        foreach (string sound in sounds)
            nearest = Math.Min(nearest, WordSounds.Distance(heard, sound));
        return nearest;
    }

    // Alone, and after an interjection: "ah okay", "oh I see".
    private FrozenSet<string> SoundsOfNods() =>
        CommonBackChannels.SelectMany(nod => Interjections.Select(before => WordSounds.Of($"{before} {nod}".Split(' ')))
            .Append(WordSounds.Of(nod.Split(' ')))).ToFrozenSet(StringComparer.Ordinal);

    // Once, and twice where it is short: "wait wait".
    private FrozenSet<string> SoundsOfCalls()
    {
        string[] once = [.. Interrupts.Select(call => WordSounds.Of(call.Split(' ')))];
        return once.Concat(once.Where(sounds => sounds.Length <= ShortCall).Select(sounds => sounds + sounds)).ToFrozenSet(StringComparer.Ordinal);
    }

    private static int Match(FrozenSet<string> phrases, List<string> words, int at)
    {
        for (int length = Math.Min(LongestPhrase, words.Count - at); length > 0; length--)
        {
            if (phrases.Contains(string.Join(' ', words.GetRange(at, length))))
                return length;
        }

        return 0;
    }

    private static FrozenSet<string> Set(params string[] words) => words.ToFrozenSet(StringComparer.Ordinal);
}
