using AgentGateway.Conversation.Speech;
using AgentGateway.Conversation.Text;
using AgentGateway.Testing;

namespace AgentGateway.Conversation.Tests.Speech;

public sealed class SentenceChunkerTests
{
    [Theory]
    [InlineData("Yes. No. Maybe!", "Yes.|No.|Maybe!")]
    [InlineData("Sure, I can do that. And more.", "Sure, I can do that.|And more.")]
    [InlineData("Certainly sir, I can do that. And more, too.", "Certainly sir,|I can do that.|And more, too.")]
    [InlineData("Certainly sir, I can do that. And there is even more, as you see.", "Certainly sir,|I can do that.|And there is even more, as you see.")]
    [InlineData("I see it now, a table.", "I see it now,|a table.")]
    [InlineData("If it is so, we can. Bye.", "If it is so,|we can.|Bye.")]
    [InlineData("So as it is, we can. Bye.", "So as it is,|we can.|Bye.")]
    [InlineData("So it may be, we can. Bye.", "So it may be,|we can.|Bye.")]
    [InlineData("As it was, we can. Bye.", "As it was, we can.|Bye.")]
    [InlineData("It costs 3.50 dollars. Really.", "It costs 3.50 dollars.|Really.")]
    [InlineData("That is 10,000 people, all of them.", "That is 10,000 people,|all of them.")]
    [InlineData("We meet on May 5, 2026 at noon. Good.", "We meet on May 5, 2026 at noon.|Good.")]
    [InlineData("The numbers are 1, 2, 3 and 4. Done.", "The numbers are 1, 2, 3 and 4.|Done.")]
    [InlineData("It was 1999. Then it ended.", "It was 1999.|Then it ended.")]
    [InlineData("See www.example.com/a.b?c=d. It helps.", "See www.example.com/a.b?c=d.|It helps.")]
    [InlineData("Write to a.b@example.com please. Bye.", "Write to a.b@example.com please.|Bye.")]
    [InlineData("Dr. Smith and Mrs. Jones are in. Come.", "Dr. Smith and Mrs. Jones are in.|Come.")]
    [InlineData("Fruit, e.g. apples, i.e. food. Eat.", "Fruit, e.g. apples,|i.e. food.|Eat.")]
    [InlineData("We open at 9 a.m. on Mondays. Fine.", "We open at 9 a.m. on Mondays.|Fine.")]
    [InlineData("In the U.S. it is so. Here too.", "In the U.S. it is so.|Here too.")]
    [InlineData("I work at Acme Inc. They make tools. Bye.", "I work at Acme Inc.|They make tools.|Bye.")]
    [InlineData("I work at Acme Inc. It's fine. Bye.", "I work at Acme Inc.|It's fine.|Bye.")]
    [InlineData("Ask Acme Inc. Support about it. Bye.", "Ask Acme Inc. Support about it.|Bye.")]
    [InlineData("It is on Main St. We open at nine. Bye.", "It is on Main St.|We open at nine.|Bye.")]
    [InlineData("St. Mary's is near. Bye.", "St. Mary's is near.|Bye.")]
    [InlineData("That is so in the U.S. They know it. Bye.", "That is so in the U.S.|They know it.|Bye.")]
    [InlineData("Talk to Mr. So about it. Bye.", "Talk to Mr. So about it.|Bye.")]
    [InlineData("The address is 2001:db8::1 or 00:1A:2B:3C:4D:5E today. Bye.", "The address is 2001:db8::1 or 00:1A:2B:3C:4D:5E today.|Bye.")]
    [InlineData("J. S. Bach wrote it. He did.", "J. S. Bach wrote it.|He did.")]
    [InlineData("So do I. You too.", "So do I.|You too.")]
    [InlineData("I said no. That is all.", "I said no.|That is all.")]
    [InlineData("It is No. 5 on the list. Yes.", "It is No. 5 on the list.|Yes.")]
    [InlineData("1. Open the door.\n2. Go in.", "1. Open the door.|2. Go in.")]
    [InlineData("What?! Really... I wonder.", "What?!|Really...|I wonder.")]
    [InlineData("He said \"Go.\" Then he left.", "He said \"Go.\"|Then he left.")]
    [InlineData("First line\nSecond line", "First line|Second line")]
    [InlineData("It is 20:30 now. Late.", "It is 20:30 now.|Late.")]
    [InlineData("今日は。元気ですか？はい", "今日は。|元気ですか？|はい")]
    [InlineData("We close at 5 p.m. Please come early. Bye.", "We close at 5 p.m.|Please come early.|Bye.")]
    [InlineData("We close at 5 p.m. Monday and after. Bye.", "We close at 5 p.m. Monday and after.|Bye.")]
    [InlineData("We are open 9 – 17 every day. Bye.", "We are open 9 – 17 every day.|Bye.")]
    [InlineData("The hall is open – come in. Bye.", "The hall is open –|come in.|Bye.")]
    [InlineData("You can come on Mar. 28, 2026 or so. Bye.", "You can come on Mar. 28, 2026 or so.|Bye.")]
    [InlineData("The price will be $5, or more. Bye.", "The price will be $5,|or more.|Bye.")]
    [InlineData("Please see [our page, and more. Yes](https://a.b/c), now. Bye.", "Please see [our page, and more. Yes](https://a.b/c),|now.|Bye.")]
    [InlineData("Call +1 (555) 123-4567, please. Bye.", "Call +1 (555) 123-4567,|please.|Bye.")]
    [InlineData("", "")]
    [InlineData(" \n \n ", "")]
    public void A_reply_is_cut_where_a_speaker_would_pause(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', Cut(text, text.Length)));

    [Theory]
    [InlineData("Wir haben am 3. Mai geöffnet. Kommen Sie.", "Wir haben am 3. Mai geöffnet.|Kommen Sie.")]
    [InlineData("Das kostet z.B. 5,50 Euro bzw. mehr. Gut.", "Das kostet z.B. 5,50 Euro bzw. mehr.|Gut.")]
    [InlineData("Das ist, z. B. im 2. Stock, in Zimmer 12. Bitte warten. Gut.", "Das ist, z. B. im 2. Stock,|in Zimmer 12.|Bitte warten.|Gut.")]
    [InlineData("Vom 3. bis 5. Mai, u. a. Montag. Gut.", "Vom 3. bis 5. Mai,|u. a. Montag.|Gut.")]
    public void German_ordinals_and_abbreviations_are_known(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', Cut(text, 1, "de")));

    [Fact]
    public void The_same_text_gives_the_same_chunks_however_it_is_streamed()
    {
        const string Text = "Certainly sir, Dr. Smith opens at 9.30 a.m. on May 5, 2026. It costs $3.50, e.g. for No. 5! See example.com. 1. One\n2. Two";
        List<string> whole = Cut(Text, Text.Length);
        for (int size = 1; size < 12; size++)
            Assert.Equal(whole, Cut(Text, size));
    }

    [Theory]
    [InlineData("Please call +1 (555) 123-4567, or write to a.b@example.com. We open at 9 a.m. on May 5, 2026, e.g. 9 – 17. Nice.")]
    [InlineData("It is $3.50, $1,200.00 or 5 km. Then 3 p. m. Monday; see https://example.com/a,b. c. [x, y. Z](http://e.f/g), ok.")]
    [InlineData("Das ist im 2. Stock, z. B. am 3. Mai 2026, um 18:30 Uhr. In Zimmer 12. Ca. 5,50 € kostet es. Nr. 5 auch.")]
    public void Nothing_that_is_said_as_one_is_cut_however_it_is_streamed(string text)
    {
        foreach (string language in (string[])["en", "de"])
        {
            List<string> whole = Cut(text, text.Length, language);
            for (int size = 1; size < 15; size++)
                Assert.Equal(whole, Cut(text, size, language));
            // Said in pieces or at once, it is the same.
            Assert.Equal(SpokenForm.Of(text, language).Text, string.Join(' ', whole.Select(chunk => SpokenForm.Of(chunk, language).Text)));
        }
    }

    [Fact]
    public void A_long_sentence_is_not_cut_inside_a_number()
    {
        string text = string.Concat(Enumerable.Repeat("word ", 57)) + "call +1 (555) 123-4567 tomorrow or some other day";
        Assert.Contains(Cut(text, 3), chunk => chunk.Contains("+1 (555) 123-4567", StringComparison.Ordinal));
        string url = "https://example.com/" + new string('a', 500);
        Assert.Contains(Cut("See " + url + " for it.", 7), chunk => chunk.Contains(url, StringComparison.Ordinal));
        Assert.All(Cut(new string('b', 5000), 50), chunk => Assert.InRange(chunk.Length, 1, SentenceChunker.HardLength + 1));
    }

    [Fact]
    public void A_sentence_is_given_out_as_soon_as_white_space_follows()
    {
        var chunker = new SentenceChunker();
        chunker.Push("We open at nine.");
        Assert.False(chunker.TryTake(out _));
        chunker.Push(" ");
        Assert.True(chunker.TryTake(out string chunk));
        Assert.Equal("We open at nine.", chunk);
    }

    [Fact]
    public void A_sentence_without_end_is_cut_at_a_pause()
    {
        string text = string.Concat(Enumerable.Repeat("and then there was more, ", 40));
        List<string> chunks = Cut(text, 7);
        Assert.All(chunks, chunk => Assert.InRange(chunk.Length, 1, SentenceChunker.MaxLength + 1));
        Assert.All(chunks, chunk => Assert.EndsWith(",", chunk, StringComparison.Ordinal));
        Assert.Equal(text.Trim(), string.Join(' ', chunks));
    }

    [Fact]
    public void No_character_is_lost_or_made_up()
    {
        const string Alphabet = "ab .,!?\n1,5.:;Dr. e.g. ";
        for (ulong seed = 1; seed <= 300; seed++)
        {
            var random = new SeededRandom(seed);
            string text = string.Concat(Enumerable.Range(0, 400).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            string joined = string.Concat(Cut(text, 1 + random.Next(9)));
            Assert.True(Squeeze(text) == Squeeze(joined), $"{random}");
        }
    }

    private static string Squeeze(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    private static List<string> Cut(string text, int size, string language = "en")
    {
        var chunker = new SentenceChunker(language);
        List<string> chunks = [];
        for (int i = 0; i < text.Length; i += size)
        {
            chunker.Push(text.Substring(i, Math.Min(size, text.Length - i)));
            while (chunker.TryTake(out string chunk))
                chunks.Add(chunk);
        }

        while (chunker.TryFlush(out string rest))
            chunks.Add(rest);
        return chunks;
    }
}
