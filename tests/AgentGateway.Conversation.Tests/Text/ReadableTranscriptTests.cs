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
    [InlineData("ICH MÖCHTE EINEN TISCH", "de", "Ich möchte einen tisch")]
    [InlineData("je voudrais une table", "fr", "Je voudrais une table")]
    public void A_language_without_rules_gets_its_first_capital(string raw, string language, string expected) =>
        Assert.Equal(expected, ReadableTranscript.Of(raw, language));

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

    private static void AssertReadable(string raw, string expected)
    {
        Assert.Equal(expected, ReadableTranscript.Of(raw, "en"));
        Assert.Equal(expected, ReadableTranscript.Of(raw.ToUpperInvariant(), "en-US"));
    }
}
