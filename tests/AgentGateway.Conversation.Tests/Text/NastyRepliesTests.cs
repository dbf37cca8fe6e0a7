using AgentGateway.Conversation.Speech;
using AgentGateway.Conversation.Text;
using AgentGateway.Testing;

namespace AgentGateway.Conversation.Tests.Text;

/// <summary>
/// What models write into replies, at its worst: said as a person would, whole or streamed in pieces of any length, and nothing that is one thing is cut in two.
/// </summary>
public sealed class NastyRepliesTests
{
    public static TheoryData<string, string, string> Replies => new()
    {
        { "en", "| Day | Hours |\n|-----|:-----:|\n| Mon | 9-5 |\n| Tue | closed |\n\nSee you.", "Day, Hours, Mon, nine to five, Tue, closed, See you." },
        { "en", "```python\nprint(\"hi\")\n```\nRun it now.", "print(\"hi\") Run it now." },
        { "en", "- a\n  - b\n    - c\n- d", "a, b, c, d" },
        { "en", "- [ ] Call Ann\n- [x] Pay $5", "Call Ann, Pay five dollars" },
        { "en", "1) One\n2) Two", "one. One, two. Two" },
        { "en", "> quoted **bold _italic_** text", "quoted bold italic text" },
        { "en", "Read [the docs](http://x.y/z) and ![a map](map.png), please.", "Read the docs and a map, please." },
        { "en", "Visit <https://example.com/path> or mail <ada@example.com>.", "Visit example dot com slash path or mail ada at example dot com." },
        { "en", "<speak>Hi <break time=\"1s\"/> there &lt;break time='9s'/&gt; you</speak>", "Hi there you" },
        { "en", "a<b and c>d, x < y", "a less than b and c more than d, x less than y" },
        { "en", "<!-- note --> Hello <?xml version=\"1.0\"?> there", "Hello there" },
        { "en", "Press 1️⃣ or #️⃣ or *️⃣.", "Press one or pound or star." },
        { "en", "Press # to repeat, * to go back, or press *.", "Press pound to repeat, star to go back, or press star." },
        { "en", "Dial *67# first.", "Dial star sixty seven pound first." },
        { "en", "The 👨‍👩‍👧‍👦 family 🇩🇪🇺🇸 loves 👍🏽 it ❤️!", "The family loves it!" },
        { "en", "It costs 1.234,56 € or $1,234.56.", "It costs one thousand two hundred and thirty four euros and fifty six cents or one thousand two hundred and thirty four dollars and fifty six cents." },
        { "en", "That is €3,50, or 3,50 EUR.", "That is three euros and fifty cents, or three euros and fifty cents." },
        { "en", "USD 5, 5 USD, CHF 12.50, ₹500, 5¢ and £1bn", "five dollars, five dollars, twelve Swiss francs and fifty centimes, five hundred rupees, five¢ and one billion pounds" },
        { "en", "It takes 10–20%, pages 5-7, 3-4 p.m.", "It takes ten to twenty percent, pages five to seven, three to four P M." },
        { "en", "⅔ cup, 3½ hours, 1/3 and 7/16", "two thirds cup, three and a half hours, one third and seven sixteenths" },
        { "en", "He is 5'10\" tall, 10 m/s, 5 µm, 3 kWh", "He is five feet ten inches tall, ten meters per second, five µm, three kilowatt hours" },
        { "en", "2026-11-21T16:02:19Z and 21.11.2026 and Nov 21st", "November twenty first, twenty twenty six, sixteen oh two and the twenty first of November, twenty twenty six and November twenty first" },
        { "en", "Call +44 (0)20 7946 0958 or (0170) 1234567.", "Call plus four four, zero, two zero, seven nine four six, zero nine five eight or zero one seven zero, one two three four five six seven." },
        { "en", "Henry VIII, Chapter IV, World War II, World War I, Part I. The IV drip. Mary I think.", "Henry the eighth, Chapter four, World War two, World War one, Part one. The IV drip. Mary I think." },
        { "en", "Use v2.0.1, Python 3.12, .NET 10, HTTP/2, C# and C++.", "Use v two point zero point one, Python three point one two, .NET ten, H T T P slash two, C sharp and C plus plus." },
        { "en", "E = mc², 2^10 = 1024, x ≠ y, √2 ≈ 1.41, 5 × 3 ÷ 2 ± 1", "E equals mc squared, two to the power of ten equals one thousand and twenty four, x is not y, the root of two about one point four one, five times three divided by two plus or minus one" },
        { "en", "6.02×10^23, 1e6, 1_000, 10^-3", "six point zero two times ten to the power of twenty three, one e six, one zero zero zero, ten to the power of minus three" },
        { "en", "#sale #1 @acme follow-up", "hashtag sale number one at acme follow-up" },
        { "en", "שלום 5 \u202Eevil\u202C مرحبا", "שלום five evil مرحبا" },
        { "en", "zero\u200Bwidth soft\u00ADhyphen \uFEFFbom no\u00A0break thin\u2009space", "zerowidth softhyphen bom no break thin space" },
        { "en", "bell\u0007 null\u0000 esc\u001B[31m red del\u007F end", "bell null esc red del end" },
        { "en", "lone \uD83D surrogate \uDE00 here", "lone surrogate here" },
        { "en", "Wait… what?! Really!!! No---way.", "Wait… what?! Really!!! No---way." },
        { "en", "Z̴a̷l̶g̵o text", "Z̴a̷l̶g̵o text" },
        { "en", "&nbsp;&copy; 2026 Acme &amp; Sons, &#8364;5", "© two thousand and twenty six Acme and Sons, five euros" },
        { "en", "~~old~~ ==new== ***both*** __init__ H~2~O", "old new both init H two O" },
        { "en", "A note[^1] and a [ref][1].", "A note and a ref." },
        { "en", "Title\n=====\nText", "Title Text" },
        { "en", "At 24:00, 0:05, 12 a.m., 7:30pm and 16:00", "At twelve A M, zero oh five, twelve A M, seven thirty P M and four P M" },
        { "en", "Open 24/7, a 50/50 chance, 9/11", "Open twenty four seven, a fifty fifty chance, nine eleven" },
        { "en", "O'Neill's rock 'n' roll in the '90s", "O'Neill's rock 'n' roll in the 'nineties" },
        { "en", "COVID-19, B2B, 5G, H2O, CO₂", "COVID nineteen, B two B, five G, H two O, CO two" },
        { "en", "Order #A-1023, flight LH 400, gate B12, seat 14C", "Order hashtag A one zero two three, flight L H four hundred, gate B twelve, seat fourteen C" },
        { "en", "Your code is 4711-0815, PIN 0042.", "Your code is four seven one one, zero eight one five, PIN zero zero four two." },
        { "en", "-5 to +5 °C, −3°, 90° turn", "minus five to plus five degrees Celsius, minus three degrees, ninety degrees turn" },
        { "en", "Sat. 9–12, Mon.–Fri. 9 a.m.–6 p.m.", "Saturday nine to twelve, Monday to Friday nine A M to six P M." },
        { "en", "Dr. Smith, Prof. Lee, Mrs. O'Hara, St. John's St., 5th Ave.", "Doctor Smith, Professor Lee, Missus O'Hara, Saint John's Street, fifth Avenue." },
        { "en", "10,000,000 people, 1,5 litres, .75", "ten million people, one, five litres, point seven five" },
        { "en", "1st, 2nd, 3rd, 21st and 112th", "first, second, third, twenty first and one hundred and twelfth" },
        { "en", "50 % off, 0.5% fee, 100%.", "fifty percent off, zero point five percent fee, one hundred percent." },
        { "en", "ada.lovelace+test@mail.example.co.uk or @ada_l", "ada dot lovelace plus test at mail dot example dot co dot U K or at ada l" },
        { "en", "https://user:pw@example.com:8443/a/b/c?q=1&r=2#frag", "example dot com slash a slash b slash c" },
        { "en", "See example.com/menu.pdf and docs.example.io.", "See example dot com slash menu dot pdf and docs dot example dot I O." },
        { "en", "salt&pepper, R&D, AT&T, Q&A", "salt and pepper, R and D, AT and T, Q and A" },
        { "en", "5km, 5 km, 5km/h, 12oz, 6lbs, 72°F", "five kilometers, five kilometers, five kilometers per hour, twelve ounces, six pounds, seventy two degrees Fahrenheit" },
        { "en", "Meet me @ 5, w/o Bob, c/o Ann, e.g. Tom etc. Bye.", "Meet me at five, without Bob, care of Ann, for example Tom et cetera. Bye." },
        { "en", "No. 7 or no. 8? No. That is no.", "number seven or number eight? No. That is no." },
        { "en", "The word is {curly} [square] (round) \"quoted\" «guillemets» “smart”.", "The word is {curly} [square] (round) \"quoted\" «guillemets» “smart”." },
        { "en", "2+2=4; 3-1=2; a/b; 6/2=3", "two plus two equals four; three minus one equals two; a or b; six slash two equals three" },
        { "en", "1, 2, 3 … 10", "one, two, three … ten" },
        { "en", "In 1999, 2000 people came; in 2026 $2000 was a lot.", "In nineteen ninety nine, two thousand people came; in twenty twenty six two thousand dollars was a lot." },
        { "en", "$5/month, $10 per year, 5€/kg", "five dollars per month, ten dollars per year, five euros per kilogram" },
        { "en", "Blvd. 12, Apt. 4B, ext. 205, P.O. Box 9", "Boulevard twelve, Apartment four B, extension two hundred and five, P O Box nine" },
        { "en", "\u0001\u0002\u0003", "" },
        { "en", "———", "" },
        { "en", "...", "" },
        { "de", "Das kostet 1.234,56 € bzw. $1,234.56.", "Das kostet eintausendzweihundertvierunddreißig Euro sechsundfünfzig beziehungsweise eintausendzweihundertvierunddreißig Dollar sechsundfünfzig." },
        { "de", "Am 21.11.2026 um 16:02 Uhr, am 3.5., am 1. Mai", "Am einundzwanzigsten November zweitausendsechsundzwanzig um sechzehn Uhr zwei, am dritten Mai, am ersten Mai" },
        { "de", "Mo.–Fr. 9–18 Uhr, Sa. 9–12 Uhr", "Montag bis Freitag neun bis achtzehn Uhr, Samstag neun bis zwölf Uhr" },
        { "de", "§ 5 Abs. 2, S. 12, Nr. 7, Str. 5, ca. 3 Std.", "Paragraf fünf Absatz zwei, Seite zwölf, Nummer sieben, Straße fünf, circa drei Stunden." },
        { "de", "+49 (0)30 901820 oder 0170/1234567", "plus vier neun, null, drei null, neun null eins acht zwei null oder null eins sieben null, eins zwei drei vier fünf sechs sieben" },
        { "de", "Heinrich VIII., Kapitel IV, der Zweite Weltkrieg, Ludwig XIV", "Heinrich der achte., Kapitel vier, der Zweite Weltkrieg, Ludwig der vierzehnte" },
        { "de", "Drücken Sie die #-Taste, # oder * bitte.", "Drücken Sie die Raute-Taste, Raute oder Stern bitte." },
        { "de", "20 °C, 1/2 Liter, 3 x 4 m, 5 km/h, 2,5 %", "zwanzig Grad Celsius, ein halb Liter, drei mal vier Meter, fünf Kilometer pro Stunde, zwei Komma fünf Prozent" },
        { "de", "Hr. Müller und Fr. Dr. Maier, z. B. u. v. m. usw.", "Herr Müller und Frau Doktor Maier, zum Beispiel u. v. m. und so weiter." },
        { "de", "Schreiben Sie an <info@beispiel.de>, siehe https://www.beispiel.de/a_b.", "Schreiben Sie an info at beispiel Punkt D E, siehe beispiel Punkt D E Schrägstrich a Unterstrich b." },
        { "de", "3,50 EUR, 5.50 €, 1 Mio. Euro, 2 Mrd. €", "drei Euro fünfzig, fünf Euro fünfzig, eine Million Euro, zwei Milliarden Euro" },
        { "de", "**Öffnungszeiten:**\n- Mo: 9–18\n- Di: geschlossen", "Öffnungszeiten: Mo: neun bis achtzehn, Di: geschlossen" },
        { "en", "We open at 9 a.m. Come early.", "We open at nine A M. Come early." },
        { "en", "The server is 192.168.1.1, the router 10.0.0.138.", "The server is one nine two dot one six eight dot one dot one, the router ten dot zero dot zero dot one three eight." },
    };

    [Theory]
    [MemberData(nameof(Replies))]
    public void A_reply_is_said_as_a_person_would(string language, string text, string expected) => Assert.Equal(expected, SpokenForm.Of(text, language).Text);

    [Theory]
    [MemberData(nameof(Replies))]
    public void It_is_said_the_same_however_it_is_streamed(string language, string text, string expected)
    {
        string[] whole = Cut(language, text, () => text.Length);
        for (ulong seed = 1; seed <= 25; seed++)
        {
            var random = new SeededRandom(seed);
            int most = 1 + random.Next(12);
            Assert.Equal(whole, Cut(language, text, () => 1 + random.Next(most)));
        }

        // Chunks differ from the whole by the pauses between them only.
        Assert.Equal(Words(expected), Words(string.Join(' ', whole)));
    }

    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    [InlineData("fr")]
    public void Whatever_is_written_is_said_within_bounds(string language)
    {
        string[] pieces = [.. Replies.Select(row => row.Data.Item2), "<", ">", "](", "```", "|", "&#", "\u202E", "\uD83D", "1.", "$", "€", "^", "VIII", "*", "#", " ", "\n", new string('x', 700)];
        for (ulong seed = 1; seed <= 400; seed++)
        {
            var random = new SeededRandom(seed);
            string text = string.Concat(Enumerable.Range(0, 6).Select(_ => Part(pieces[random.Next(pieces.Length)], random)));
            foreach (string chunk in Chunks(language, text, () => 1 + random.Next(30)))
            {
                SpokenText spoken = SpokenForm.Of(chunk, language);
                Assert.True(chunk.Length <= SentenceChunker.HardLength + 1 && spoken.Text.Length <= Math.Max(SpokenForm.MaxLength, chunk.Length), $"{random}");
                Assert.DoesNotContain(spoken.Text, c => char.IsControl(c) || c is '\u202E' or '\u200B' or '\uFFFD');
                Assert.Equal(spoken.Written.Length, spoken.WrittenLength(spoken.Text.Length));
            }
        }
    }

    private static string Part(string text, SeededRandom random)
    {
        int from = random.Next(text.Length);
        return text.Substring(from, 1 + random.Next(text.Length - from));
    }

    private static string[] Cut(string language, string text, Func<int> length) =>
        [.. Chunks(language, text, length).Select(chunk => SpokenForm.Of(chunk, language).Text)];

    private static List<string> Chunks(string language, string text, Func<int> length)
    {
        var chunker = new SentenceChunker(language);
        List<string> chunks = [];
        for (int at = 0; at < text.Length;)
        {
            int count = Math.Min(Math.Max(1, length()), text.Length - at);
            chunker.Push(text.Substring(at, count));
            at += count;
            while (chunker.TryTake(out string chunk))
                chunks.Add(chunk);
        }

        while (chunker.TryFlush(out string rest))
            chunks.Add(rest);
        return chunks;
    }

    private static string[] Words(string text) => text.Split([' ', '.', ',', ';', ':', '!', '?', '…'], StringSplitOptions.RemoveEmptyEntries);
}
