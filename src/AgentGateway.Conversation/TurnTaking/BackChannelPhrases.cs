namespace AgentGateway.Conversation.TurnTaking;

/// <summary>
/// What listeners say without wanting the floor. Two lists a language: those said most, whose sounds are looked for in what was misheard, and all that
/// are known by their words. The second is as broad as the language; looked for by sound, it would make a nod of anything.
/// </summary>
internal static class BackChannelPhrases
{
    /// <summary>Those said most in English.</summary>
    public static string[] CommonEnglish { get; } =
    [
        "uh huh", "uh-huh", "uhuh", "mm", "mhm", "mm-hmm", "mm hmm", "hm", "hmm", "mmm", "huh", "ah", "aha", "oh", "ooh", "okay", "ok", "kay", "k",
        "yeah", "yep", "yup", "yes", "right", "sure", "i see", "got it", "alright", "all right", "cool", "nice", "great", "good", "wow",
        "really", "exactly", "true", "uh", "um", "er", "erm", "well", "of course", "absolutely", "definitely", "perfect", "fine", "gotcha", "that's right", "that's true",
        "makes sense", "sounds good", "fair enough", "i know", "interesting", "lovely",
        "totally", "indeed", "no problem", "thank you", "thanks", "correct", "brilliant", "excellent", "wonderful", "amazing", "fantastic", "certainly",
        "for sure", "very good", "very nice", "that's great", "that's fine", "that makes sense", "sounds great", "yes yes", "okay okay", "sure sure",
    ];

    /// <summary>All in English.</summary>
    public static string[] English { get; } =
    [
        .. CommonEnglish,
        // Acknowledgements: heard, and understood.
        "yah", "ya", "uh-oh", "ha", "haha", "whoa", "phew", "gosh", "oh dear", "oh my", "my goodness", "goodness", "roger", "copy", "copy that", "noted", "understood", "got you",
        "i got it", "i get it", "i got that", "i understand", "i hear you", "i follow", "i'm with you", "with you", "i'm listening", "go on", "good to know", "point taken",
        "good point", "fair point", "sure thing", "sure enough", "you bet", "no worries", "no doubt", "no kidding", "you don't say", "all good", "works for me",
        "that works", "fine by me", "fine with me", "okay then", "alright then", "all right then", "right then", "well done", "nice one", "same here", "me too",
        "thanks a lot", "thank you so much", "thank you very much", "yes indeed", "yes of course", "yes sir", "quite", "quite so", "just so", "so i see",
        // Agreement.
        "i agree", "agreed", "i bet", "i guess", "i guess so", "i suppose", "i suppose so", "i think so", "i believe so", "i hope so", "i can imagine", "you're right", "you are right",
        "obviously", "naturally", "precisely", "clearly", "of course not", "without a doubt", "by all means", "most certainly", "most definitely", "amen", "bingo",
        "it makes sense", "make sense", "that make sense", "makes perfect sense", "that makes perfect sense", "sound good", "sound great", "good idea", "great idea", "good stuff",
        "great stuff", "i like it", "i like that", "i love it", "love it", "love that", "very well", "very much", "very much so", "that'll work", "that will do",
        .. Assessments(
            [
                "good", "great", "nice", "fine", "cool", "perfect", "lovely", "wonderful", "excellent", "amazing", "awesome", "brilliant", "fantastic", "interesting", "true", "right",
                "correct", "fair", "okay", "funny", "sweet", "super", "terrific", "beautiful", "clear", "neat", "helpful", "impressive", "incredible", "fabulous", "marvelous",
                "marvellous", "reasonable", "sensible", "useful", "splendid", "superb", "sure",
            ],
            "", "that's", "that is", "that's very", "that's so", "that's really", "that's pretty", "it's", "sounds", "that sounds", "looks", "how", "very", "so", "really", "all", "quite", "oh"),
    ];

    /// <summary>Those said most in German.</summary>
    public static string[] CommonGerman { get; } =
    [
        "mhm", "hm", "hmm", "mm", "aha", "ah", "ach", "ach so", "achso", "oh", "okay", "ok", "ja", "jaja", "ja ja", "genau", "gut", "klar", "stimmt",
        "richtig", "alles klar", "verstehe", "aja", "so", "schön", "super", "äh", "ähm", "natürlich", "sicher", "prima", "toll", "perfekt", "in ordnung", "danke",
        "sehr gut", "gerne", "ich verstehe", "ja genau", "ja klar", "na klar",
    ];

    /// <summary>All in German.</summary>
    public static string[] German { get; } =
    [
        .. CommonGerman,
        "jo", "jep", "jawohl", "tja", "soso", "so so", "na gut", "na ja", "naja", "nun gut", "eben", "ganz genau", "exakt", "absolut", "definitiv", "bestimmt", "sicherlich",
        "selbstverständlich", "freilich", "gewiss", "allerdings", "verstanden", "schon klar", "ist klar", "passt", "das passt", "passt schon", "geht klar", "kein problem", "keine ursache",
        "macht sinn", "das macht sinn", "ergibt sinn", "das ergibt sinn", "das stimmt", "da hast du recht", "da haben sie recht", "sie haben recht", "du hast recht", "ich weiß",
        "weiß ich", "ich auch", "wirklich", "echt", "tatsächlich", "ach ja", "ach was", "ach wirklich", "ach nein", "oh je", "oje", "wow", "wahnsinn", "donnerwetter", "vielen dank", "danke schön",
        "danke sehr", "einverstanden", "gern", "sehr gerne", "sehr gern", "von mir aus", "meinetwegen", "gute idee", "glaube ich auch", "ich glaube schon", "denke ich auch",
        .. Assessments(
            [
                "gut", "schön", "toll", "super", "prima", "klasse", "perfekt", "wunderbar", "interessant", "richtig", "spannend", "fein", "nett", "cool", "fantastisch", "hervorragend",
                "großartig", "genial", "verständlich", "logisch", "klar", "okay", "wahr", "lustig", "praktisch", "hilfreich",
            ],
            "", "sehr", "ganz", "wie", "das ist", "das ist sehr", "das ist ja", "das klingt", "klingt", "klingt ja", "echt", "wirklich", "ah", "oh", "ja"),
    ];

    // "that's", "sounds" and so on before each word that values something.
    private static IEnumerable<string> Assessments(string[] values, params string[] frames) =>
        frames.SelectMany(frame => values.Select(value => frame.Length == 0 ? value : $"{frame} {value}"));
}
