using AgentGateway.Conversation.Text;
using AgentGateway.Testing;

namespace AgentGateway.Conversation.Tests.Text;

public sealed class ReadableTranscriptTests
{
    [Theory]
    [InlineData("I WOULD LIKE TO BOOK A TABLE", "I would like to book a table.")]
    [InlineData("i would like to book a table", "I would like to book a table.")]
    [InlineData("and then i'm going", "And then I'm going.")]
    [InlineData("on monday in berlin", "On Monday in Berlin.")]
    [InlineData("my name is ada lovelace", "My name is Ada Lovelace.")]
    [InlineData("my name is john and i'd like a room", "My name is John and I'd like a room.")]
    [InlineData("i spoke to mister smith's wife", "I spoke to Mr. Smith's wife.")]
    [InlineData("it is ok on tv", "It is OK on TV.")]
    [InlineData("hello i'd like a room", "Hello, I'd like a room.")]
    [InlineData("yes it is", "Yes, it is.")]
    [InlineData("yes please", "Yes please.")]
    [InlineData("in march we may come", "In March we may come.")]
    [InlineData("they march on", "They march on.")]
    [InlineData("that is j o h n", "That is J O H N.")]
    public void Case_and_marks(string raw, string expected) => AssertReadable(raw, expected);

    [Theory]
    [InlineData("what are your opening hours", "What are your opening hours?")]
    [InlineData("okay so can i book a table", "Okay so can I book a table?")]
    [InlineData("hello do you have rooms", "Hello, do you have rooms?")]
    [InlineData("is there a parking lot", "Is there a parking lot?")]
    [InlineData("excuse me where is it", "Excuse me where is it?")]
    [InlineData("you open on monday right", "You open on Monday right?")]
    [InlineData("that is all right", "That is all right.")]
    [InlineData("tell me what it costs", "Tell me what it costs.")]
    [InlineData("what a day", "What a day.")]
    [InlineData("when", "When.")]
    public void Questions_by_form(string raw, string expected) => AssertReadable(raw, expected);

    [Theory]
    [InlineData("a table for two people", "A table for two people.")]
    [InlineData("twenty five people", "25 people.")]
    [InlineData("one hundred and five", "105.")]
    [InlineData("two thousand three hundred and twelve", "2312.")]
    [InlineData("twelve thousand", "12,000.")]
    [InlineData("twenty thirty", "20 30.")]
    [InlineData("room five", "Room 5.")]
    [InlineData("three point five million", "3.5 million.")]
    [InlineData("twenty percent", "20%.")]
    [InlineData("the twenty first", "The 21st.")]
    [InlineData("the first one", "The first one.")]
    public void Numbers(string raw, string expected) => AssertReadable(raw, expected);

    [Theory]
    [InlineData("three dollars and fifty cents", "$3.50.")]
    [InlineData("it costs twenty five euros", "It costs €25.")]
    [InlineData("five million dollars", "$5 million.")]
    [InlineData("ten pounds", "£10.")]
    public void Prices(string raw, string expected) => AssertReadable(raw, expected);

    [Theory]
    [InlineData("at seven thirty", "At 7:30.")]
    [InlineData("at seven thirty p m please", "At 7:30 PM please.")]
    [InlineData("seven pm", "7 PM.")]
    [InlineData("at nine oh five a m", "At 9:05 AM.")]
    [InlineData("seven o'clock", "7 o'clock.")]
    [InlineData("at seven people left", "At seven people left.")]
    [InlineData("i am here", "I am here.")]
    [InlineData("on march tenth", "On March 10.")]
    [InlineData("march the tenth twenty twenty six", "March 10, 2026.")]
    [InlineData("the tenth of march", "The 10th of March.")]
    [InlineData("in nineteen ninety nine", "In 1999.")]
    [InlineData("since two thousand and five", "Since 2005.")]
    public void Times_and_dates(string raw, string expected) => AssertReadable(raw, expected);

    [Theory]
    [InlineData("my number is five five five one two three four", "My number is 555-1234.")]
    [InlineData("five five five one two three four five six seven", "555-123-4567.")]
    [InlineData("one eight oh oh five five five oh one nine nine", "1-800-555-0199.")]
    [InlineData("double seven three", "773.")]
    [InlineData("one two", "One two.")]
    [InlineData("write to john dot smith at example dot com", "Write to john.smith@example.com.")]
    [InlineData("write to ada four two at example dot co dot uk", "Write to ada42@example.co.uk.")]
    [InlineData("nine oh five a m", "9:05 AM.")]
    [InlineData("see www dot example dot com please", "See www.example.com please.")]
    [InlineData("look at the dot", "Look at the dot.")]
    public void Telephone_numbers_and_addresses(string raw, string expected) => AssertReadable(raw, expected);

    [Theory]
    [InlineData("Already written, isn't it?")]
    [InlineData("It is 5 PM")]
    [InlineData("Hello John")]
    [InlineData("")]
    [InlineData("123")]
    public void What_is_readable_is_left_alone(string raw) => Assert.Equal(raw, ReadableTranscript.Of(raw, "en"));

    [Theory]
    [InlineData("QUISIERA UNA MESA", "es", "Quisiera una mesa")]
    [InlineData("je voudrais une table", "fr", "Je voudrais une table")]
    public void A_language_without_rules_gets_its_first_capital(string raw, string language, string expected) =>
        Assert.Equal(expected, ReadableTranscript.Of(raw, language));

    [Theory]
    [InlineData("ICH MÖCHTE EINEN TISCH FÜR VIER PERSONEN", "Ich möchte einen Tisch für vier Personen.")]
    [InlineData("guten tag ich möchte am montag einen termin", "Guten Tag ich möchte am Montag einen Termin.")]
    [InlineData("mein name ist ada lovelace", "Mein Name ist Ada Lovelace.")]
    [InlineData("ich heiße karl und suche ein doppelzimmer", "Ich heiße Karl und suche ein Doppelzimmer.")]
    [InlineData("hallo ich habe eine bestellung", "Hallo, ich habe eine Bestellung.")]
    [InlineData("ja gern", "Ja gern.")]
    [InlineData("können sie mir helfen", "Können Sie mir helfen?")]
    [InlineData("ja haben sie am wochenende noch zimmer", "Ja, haben Sie am Wochenende noch Zimmer?")]
    [InlineData("wann haben sie geöffnet", "Wann haben Sie geöffnet?")]
    [InlineData("sie ist jung", "Sie ist jung.")]
    [InlineData("wann", "Wann.")]
    [InlineData("das schreibt man m a i e r", "Das schreibt man M A I E R.")]
    public void German_case_and_marks(string raw, string expected) => AssertGerman(raw, expected);

    [Theory]
    [InlineData("fünfundzwanzig gäste", "25 gäste.")]
    [InlineData("zwölf rosen", "Zwölf rosen.")]
    [InlineData("zimmer fünf", "Zimmer 5.")]
    [InlineData("zweitausenddreihundertzwölf", "2312.")]
    [InlineData("neunzehnhundertneunundneunzig", "1999.")]
    [InlineData("hundertfünf", "105.")]
    [InlineData("einundzwanzigtausend", "21.000.")]
    [InlineData("drei komma fünf prozent", "3,5 %.")]
    [InlineData("drei euro fünfzig", "3,50 Euro.")]
    [InlineData("drei euro fünf cent", "3,05 Euro.")]
    [InlineData("drei euro zwanzig stück", "3 Euro 20 stück.")]
    [InlineData("um sieben uhr dreißig", "Um 7:30 Uhr.")]
    [InlineData("um ein uhr", "Um 1 Uhr.")]
    [InlineData("um sieben uhr vier personen", "Um 7 Uhr vier Personen.")]
    [InlineData("am dritten märz", "Am 3. März.")]
    [InlineData("am einundzwanzigsten dezember zweitausendsechsundzwanzig", "Am 21. Dezember 2026.")]
    [InlineData("beim dritten mal", "Beim dritten mal.")]
    [InlineData("meine nummer ist null drei null eins zwei drei vier", "Meine Nummer ist 0301234.")]
    [InlineData("null eins sieben eins zweiundzwanzig dreiunddreißig", "01712233.")]
    [InlineData("ein hund und eine katze", "Ein Hund und eine katze.")]
    [InlineData("eins zwei", "Eins zwei.")]
    [InlineData("schreiben sie an anna punkt meier at beispiel punkt de", "Schreiben sie an anna.meier@beispiel.de.")]
    [InlineData("das ist der punkt", "Das ist der punkt.")]
    public void German_numbers(string raw, string expected) => AssertGerman(raw, expected);

    // Whatever a German voice says of a number is the same number again.
    [Fact]
    public void German_numbers_that_are_spoken_are_read_back()
    {
        for (int number = 13; number < 10_000; number += number < 2200 ? 1 : 37)
        {
            string spoken = SpokenForm.Of($"Es sind {number.ToString(System.Globalization.CultureInfo.InvariantCulture)} Stück", "de").Text;
            string[] words = spoken.Split(' ');
            Assert.True(words.Length == 4, spoken);
            Assert.Equal($"Es sind {number.ToString(System.Globalization.CultureInfo.InvariantCulture)} stück.", ReadableTranscript.Of(spoken.ToLowerInvariant(), "de"));
        }
    }

    [Fact]
    public void Any_German_words_give_some_text()
    {
        string[] words =
        [
            "null", "eins", "ein", "zwanzig", "tausend", "hundert", "und", "at", "punkt", "de", "komma", "euro", "cent", "uhr", "dritten", "märz", "prozent", "minus",
            "undzwanzig", "einund", "tausendund", "ten", "te", "igsten", "ich", "heiße", "name", "ist", "sie", "können", "a", "b", "ß", "ung", "-",
        ];
        for (ulong seed = 1; seed <= 3000; seed++)
        {
            var random = new SeededRandom(seed);
            string raw = string.Join(' ', Enumerable.Range(0, 1 + random.Next(9)).Select(_ => words[random.Next(words.Length)]));
            Assert.True(ReadableTranscript.Of(raw, "de").Length > 0, $"{random}: {raw}");
        }
    }

    // What was shown of a partial stays while words are added, but for the number that is being said.
    [Fact]
    public void Partials_grow_without_flicker()
    {
        string[] words = "hello i'd like a table for two people on monday and my name is ada lovelace".Split(' ');
        string last = "";
        for (int i = 1; i <= words.Length; i++)
        {
            string now = ReadableTranscript.Of(string.Join(' ', words[..i]), "en", isFinal: false);
            // A greeting gets its comma with the word behind it.
            Assert.True(i <= 2 || now.StartsWith(last, StringComparison.Ordinal), $"{last} -> {now}");
            last = now;
        }

        Assert.Equal("Hello, I'd like a table for two people on Monday and my name is Ada Lovelace", last);
    }

    [Fact]
    public void Any_words_give_some_text()
    {
        string[] words =
        [
            "one", "two", "twenty", "hundred", "thousand", "and", "at", "dot", "com", "point", "dollars", "cents", "p", "m", "oh", "double", "march", "tenth",
            "of", "in", "the", "i", "is", "name", "my", "percent", "million", "o'clock", "nineteen", "second", "a", "'", "'s", "mister",
        ];
        for (ulong seed = 1; seed <= 3000; seed++)
        {
            var random = new SeededRandom(seed);
            string raw = string.Join(' ', Enumerable.Range(0, 1 + random.Next(9)).Select(_ => words[random.Next(words.Length)]));
            Assert.True(ReadableTranscript.Of(raw, "en").Length > 0, $"{random}: {raw}");
        }
    }

    private static void AssertGerman(string raw, string expected)
    {
        Assert.Equal(expected, ReadableTranscript.Of(raw, "de"));
        Assert.Equal(expected, ReadableTranscript.Of(raw.ToUpperInvariant(), "de-AT"));
    }

    private static void AssertReadable(string raw, string expected)
    {
        Assert.Equal(expected, ReadableTranscript.Of(raw, "en"));
        Assert.Equal(expected, ReadableTranscript.Of(raw.ToUpperInvariant(), "en-US"));
    }
}
