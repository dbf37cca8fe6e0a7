using AgentGateway.Conversation.Text;
using AgentGateway.Testing;

namespace AgentGateway.Conversation.Tests.Text;

public sealed class SpokenFormTests
{
    [Theory]
    [InlineData("We have 3 rooms.", "We have three rooms.")]
    [InlineData("It holds 105 people.", "It holds one hundred and five people.")]
    [InlineData("It holds 1,250 people.", "It holds one thousand two hundred and fifty people.")]
    [InlineData("Some 2,000,001 of them", "Some two million and one of them")]
    [InlineData("That is 3.14, or -5.", "That is three point one four, or minus five.")]
    [InlineData("Press 0 or 9!", "Press zero or nine!")]
    [InlineData("Only .5 left", "Only point five left")]
    [InlineData("Account 12345678 is open", "Account one two three four five six seven eight is open")]
    [InlineData("Agent 007", "Agent zero zero seven")]
    [InlineData("5 million users", "five million users")]
    [InlineData("10k people", "ten thousand people")]
    [InlineData("2 * 3 = 6", "two times three equals six")]
    [InlineData("7 + 8 = 15", "seven plus eight equals fifteen")]
    [InlineData("3 < 4 and 5 > 2", "three less than four and five more than two")]
    [InlineData("It is version 1.2.10 now", "It is version one point two point ten now")]
    public void Numbers(string text, string expected) => AssertSpoken(text, expected);

    [Theory]
    [InlineData("The 1st of 22 and the 103rd", "The first of twenty two and the one hundred and third")]
    [InlineData("our 20th year", "our twentieth year")]
    [InlineData("3/4 of it, 1/2 cup and ½ more", "three quarters of it, one half cup and one half more")]
    [InlineData("2 1/2 hours", "two and a half hours")]
    [InlineData("open 24/7", "open twenty four seven")]
    [InlineData("score 5/10", "score five slash ten")]
    [InlineData("7/16 of an inch", "seven sixteenths of an inch")]
    [InlineData("a 7/16 wrench, 2 7/16 inches, 11/12 and 1/64", "a seven sixteenths wrench, two and seven sixteenths inches, eleven twelfths and one sixty fourth")]
    [InlineData("1/6 or 5/9", "one sixth or five ninths")]
    [InlineData("16/7 and 7/13", "sixteen slash seven and seven slash thirteen")]
    [InlineData("before 9/11", "before nine eleven")]
    public void Ordinals_and_fractions(string text, string expected) => AssertSpoken(text, expected);

    [Theory]
    [InlineData("en", "on 7/16", "on July sixteenth")]
    [InlineData("en", "By 7/16.", "By July sixteenth.")]
    [InlineData("en", "on Friday, 7/16, at noon", "on Friday, July sixteenth, at noon")]
    [InlineData("en", "Fri. 7/16", "Friday July sixteenth")]
    [InlineData("en", "due 12/5 and open since 1/31", "due December fifth and open since January thirty first")]
    [InlineData("en", "until 25/12", "until December twenty fifth")]
    [InlineData("en", "on 3/4 of it", "on March fourth of it")]
    [InlineData("en", "on 14/15", "on fourteen slash fifteen")]
    [InlineData("en-GB", "on 7/16", "on the sixteenth of July")]
    [InlineData("en-GB", "on 3/4", "on the third of April")]
    [InlineData("de", "7/16 Zoll, am 3/4", "sieben Sechzehntel Zoll, am drei Viertel")]
    public void A_day_and_a_month_with_a_slash_are_a_date_where_a_date_is_expected(string language, string text, string expected) => AssertSpoken(text, expected, language);

    [Theory]
    [InlineData("en", "The router is 192.168.0.1.", "The router is one nine two dot one six eight dot zero dot one.")]
    [InlineData("en", "10.0.0.0/8 or 127.0.0.1:8080", "ten dot zero dot zero dot zero slash eight or one two seven dot zero dot zero dot one colon eight zero eight zero")]
    [InlineData("en", "256.1.1.1 is none", "two five six point one point one point one is none")]
    [InlineData("en", "its MAC is 00:1A:2b:3C:4D:5E.", "its MAC is zero zero, one A, two B, three C, four D, five E.")]
    [InlineData("en", "00-1A-2B-3C-4D-5E", "zero zero, one A, two B, three C, four D, five E")]
    [InlineData("en", "DE:AD:BE:EF:00:01", "D E, A D, B E, E F, zero zero, zero one")]
    [InlineData("en", "Ping 2001:db8::1, then ::1.", "Ping two zero zero one, D B eight double colon one, then double colon one.")]
    [InlineData("en", "fe80::/10 (link-local)", "F E eight zero double colon slash ten (link-local)")]
    [InlineData("en", "2001:0db8:0:0:0:0:0:1", "two zero zero one, zero D B eight, zero, zero, zero, zero, zero, one")]
    [InlineData("en", "Add::Face or std::map at 12:30:45", "Add::Face or std::map at twelve thirty and forty five seconds")]
    [InlineData("de", "192.168.178.1 und fd00::5", "eins neun zwei Punkt eins sechs acht Punkt eins sieben acht Punkt eins und F D null null zwei Doppelpunkte fünf")]
    public void Addresses_of_machines(string language, string text, string expected) => AssertSpoken(text, expected, language);

    [Theory]
    [InlineData("en", "I work for Acme Inc. They pay well.", "I work for Acme Incorporated. They pay well.")]
    [InlineData("en", "Acme Inc. Support is open.", "Acme Incorporated Support is open.")]
    [InlineData("en", "It is on Main St. We open at nine.", "It is on Main Street. We open at nine.")]
    [InlineData("en", "St. John's on Main St. in town", "Saint John's on Main Street in town")]
    [InlineData("en", "He has a Ph.D. It helps.", "He has a P H D. It helps.")]
    [InlineData("en", "Mr. So and Dr. No", "Mister So and Doctor No")]
    [InlineData("de", "Sie finden uns in der Langen Str. Bitte klingeln Sie.", "Sie finden uns in der Langen Straße. Bitte klingeln Sie.")]
    public void A_sentence_may_end_with_an_abbreviation(string language, string text, string expected) => AssertSpoken(text, expected, language);

    [Theory]
    [InlineData("It is $3.50.", "It is three dollars and fifty cents.")]
    [InlineData("It is $1.", "It is one dollar.")]
    [InlineData("It is $1.01!", "It is one dollar and one cent!")]
    [InlineData("only $0.99", "only ninety nine cents")]
    [InlineData("$1,200 a month", "one thousand two hundred dollars a month")]
    [InlineData("$5.00", "five dollars")]
    [InlineData("-$5", "minus five dollars")]
    [InlineData("€20 or 20€ or 20 € or 20 EUR or EUR 20", "twenty euros or twenty euros or twenty euros or twenty euros or twenty euros")]
    [InlineData("£9.99", "nine pounds and ninety nine pence")]
    [InlineData("¥500", "five hundred yen")]
    [InlineData("$3.5 million", "three point five million dollars")]
    [InlineData("$5M or $10k", "five million dollars or ten thousand dollars")]
    [InlineData("$5-$10", "five to ten dollars")]
    [InlineData("$5-10", "five to ten dollars")]
    [InlineData("US$ 7", "seven dollars")]
    [InlineData("$5/month", "five dollars per month")]
    [InlineData("$5/month.", "five dollars per month.")]
    public void Prices(string text, string expected) => AssertSpoken(text, expected);

    [Theory]
    [InlineData("on May 5, 2026 at noon", "on May fifth, twenty twenty six at noon")]
    [InlineData("on March 10th", "on March tenth")]
    [InlineData("Mar. 28 is fine", "March twenty eighth is fine")]
    [InlineData("on 5 March 2026", "on the fifth of March, twenty twenty six")]
    [InlineData("the 5th of March", "the fifth of March")]
    [InlineData("March 10-12", "March tenth to twelfth")]
    [InlineData("in March 2026", "in March twenty twenty six")]
    [InlineData("2026-03-10", "March tenth, twenty twenty six")]
    [InlineData("3/10/2026", "March tenth, twenty twenty six")]
    [InlineData("25/12/2025", "December twenty fifth, twenty twenty five")]
    [InlineData("in 1999.", "in nineteen ninety nine.")]
    [InlineData("in 2005 we", "in two thousand and five we")]
    [InlineData("in 1200 cases", "in one thousand two hundred cases")]
    [InlineData("since 1905, when", "since nineteen oh five, when")]
    [InlineData("the 1990s", "the nineteen nineties")]
    [InlineData("2019–2023", "twenty nineteen to twenty twenty three")]
    [InlineData("on Mon. and Tues.", "on Monday and Tuesday.")]
    [InlineData("May I come?", "May I come?")]
    public void Dates(string text, string expected) => AssertSpoken(text, expected);

    [Theory]
    [InlineData("3/10/2026", "the third of October, twenty twenty six")]
    [InlineData("12/25/2025", "the twenty fifth of December, twenty twenty five")]
    public void Dates_in_Britain(string text, string expected) => Assert.Equal(expected, SpokenForm.Of(text, "en-GB").Text);

    [Theory]
    [InlineData("at 9:30", "at nine thirty")]
    [InlineData("at 9:05 AM", "at nine oh five A M")]
    [InlineData("at 9am.", "at nine A M.")]
    [InlineData("We open at 9 a.m. on Mondays", "We open at nine A M on Mondays")]
    [InlineData("We close at 5 p.m.", "We close at five P M.")]
    [InlineData("at 12:00", "at twelve o'clock")]
    [InlineData("at 18:00 or 14:30", "at six P M or fourteen thirty")]
    [InlineData("9:00-17:00", "nine o'clock to five P M")]
    [InlineData("9am–5pm", "nine A M to five P M")]
    [InlineData("9-5", "nine to five")]
    [InlineData("a ratio of 3:1", "a ratio of three:one")]
    public void Times(string text, string expected) => AssertSpoken(text, expected);

    [Theory]
    [InlineData("call 555-123-4567", "call five five five, one two three, four five six seven")]
    [InlineData("call (555) 123-4567 now", "call five five five, one two three, four five six seven now")]
    [InlineData("+1 555 123 4567", "plus one, five five five, one two three, four five six seven")]
    [InlineData("+49 30 901820.", "plus four nine, three zero, nine zero one eight two zero.")]
    [InlineData("1-800-555-0199", "one, eight zero zero, five five five, zero one nine nine")]
    [InlineData("555-1234", "five five five, one two three four")]
    [InlineData("0170 1234567", "zero one seven zero, one two three four five six seven")]
    [InlineData("ext. 12", "extension twelve")]
    [InlineData("500-1000 people", "five hundred to one thousand people")]
    [InlineData("4111 1111 1111 1111", "four one one one, one one one one, one one one one, one one one one")]
    [InlineData("code 12-34-56-78", "code one two, three four, five six, seven eight")]
    public void Telephone_numbers_and_codes(string text, string expected) => AssertSpoken(text, expected);

    [Theory]
    [InlineData("See www.example.com.", "See example dot com.")]
    [InlineData("See https://www.example.com/a_b?c=d#e, please", "See example dot com slash a underscore b, please")]
    [InlineData("(https://example.co.uk/)", "(example dot co dot U K)")]
    [InlineData("at max-hotel.de", "at max dash hotel dot D E")]
    [InlineData("Write to john.smith-2@example.com.", "Write to john dot smith dash two at example dot com.")]
    [InlineData("mailto:info@example.org", "info at example dot org")]
    [InlineData("Follow @acme and #sale", "Follow at acme and hashtag sale")]
    [InlineData("That is done.Next one", "That is done.Next one")]
    [InlineData("[our page](https://example.com/a)", "our page")]
    public void Addresses(string text, string expected) => AssertSpoken(text, expected);

    [Theory]
    [InlineData("5 km away", "five kilometers away")]
    [InlineData("1 km", "one kilometer")]
    [InlineData("80km/h", "eighty kilometers per hour")]
    [InlineData("21°C", "twenty one degrees Celsius")]
    [InlineData("-5 °C", "minus five degrees Celsius")]
    [InlineData("70F", "seventy degrees Fahrenheit")]
    [InlineData("12.5%", "twelve point five percent")]
    [InlineData("5-10%", "five to ten percent")]
    [InlineData("16GB", "sixteen gigabytes")]
    [InlineData("30 min", "thirty minutes")]
    [InlineData("1 h", "one hour")]
    [InlineData("6 ft 2 in the air", "six feet two in the air")]
    [InlineData("20 m² room", "twenty square meters room")]
    [InlineData("a 4x4 car", "a four by four car")]
    [InlineData("5 maps", "five maps")]
    public void Units(string text, string expected) => AssertSpoken(text, expected);

    [Theory]
    [InlineData("Dr. Smith and Mrs. Jones", "Doctor Smith and Missus Jones")]
    [InlineData("St. Mary on Main St. today", "Saint Mary on Main Street today")]
    [InlineData("Fruit, e.g. apples, i.e. food", "Fruit, for example apples, that is food")]
    [InlineData("apples, pears, etc.", "apples, pears, et cetera.")]
    [InlineData("No. 5 lives", "number five lives")]
    [InlineData("I said no.", "I said no.")]
    [InlineData("cats vs. dogs", "cats versus dogs")]
    [InlineData("approx. 5", "approximately five")]
    [InlineData("in the U.S. now", "in the U S now")]
    [InlineData("the FAQ as PDF", "the F A Q as P D F")]
    [InlineData("PLEASE CALL NASA", "PLEASE CALL NASA")]
    [InlineData("and/or his/her", "and or his or her")]
    [InlineData("salt & pepper", "salt and pepper")]
    [InlineData("Room A4, MP3, LH400", "Room A four, M P three, L H four zero zero")]
    [InlineData("room 12B", "room twelve B")]
    [InlineData("#5", "number five")]
    [InlineData("snake_case", "snake case")]
    [InlineData("Great :-) really", "Great really")]
    [InlineData("It's John's", "It's John's")]
    public void Abbreviations_and_signs(string text, string expected) => AssertSpoken(text, expected);

    [Theory]
    [InlineData("**Total:** $5 😀", "Total: five dollars")]
    [InlineData("- 2 eggs\n- 1 l milk", "two eggs, one liter milk")]
    [InlineData("1. Open the door\n2. Go in", "one. Open the door, two. Go in")]
    [InlineData("| Mon | 9-5 |\n|---|---|", "Mon, nine to five")]
    [InlineData("Fish &amp; chips", "Fish and chips")]
    [InlineData("### Hours", "Hours")]
    [InlineData("😀", "")]
    [InlineData(":-)", "")]
    [InlineData("", "")]
    public void Markup_and_lists(string text, string expected) => AssertSpoken(text, expected);

    [Theory]
    [InlineData("Das kostet 5,50 € bzw. 1.250,00 €.", "Das kostet fünf Euro fünfzig beziehungsweise eintausendzweihundertfünfzig Euro.")]
    [InlineData("1 € oder 0,99 €", "ein Euro oder neunundneunzig Cent")]
    [InlineData("Wir haben 21 Tische.", "Wir haben einundzwanzig Tische.")]
    [InlineData("3,5 Mio. Euro", "drei Komma fünf Millionen Euro")]
    [InlineData("am 3. Mai", "am dritten Mai")]
    [InlineData("der 1. Oktober 2026", "der erste Oktober zweitausendsechsundzwanzig")]
    [InlineData("am 24.12.1999", "am vierundzwanzigsten Dezember neunzehnhundertneunundneunzig")]
    [InlineData("im 2. Stock", "im zweiten Stock")]
    [InlineData("In Zimmer 12. Bitte", "In Zimmer zwölf. Bitte")]
    [InlineData("um 18:30 Uhr", "um achtzehn Uhr dreißig")]
    [InlineData("von 9 bis 17 Uhr", "von neun bis siebzehn Uhr")]
    [InlineData("9–17 Uhr", "neun bis siebzehn Uhr")]
    [InlineData("z. B. Dr. Maier, d.h. usw.", "zum Beispiel Doktor Maier, das heißt und so weiter.")]
    [InlineData("Tel. 030 901820", "Telefon null drei null, neun null eins acht zwei null")]
    [InlineData("5 % von 3 kg", "fünf Prozent von drei Kilogramm")]
    [InlineData("info@hotel-max.de", "info at hotel Bindestrich max Punkt D E")]
    [InlineData("seit 1985", "seit neunzehnhundertfünfundachtzig")]
    [InlineData("1.000.001", "eine Million eins")]
    public void German(string text, string expected) => Assert.Equal(expected, SpokenForm.Of(text, "de-DE").Text);

    [Theory]
    [InlineData("Cela coûte 3,50 € le 5 mai.", "Cela coûte 3,50 € le 5 mai.")]
    [InlineData("Voir **https://www.exemple.fr/a** 😀", "Voir exemple.fr/a")]
    public void A_language_without_a_hook_is_only_cleaned(string text, string expected) => Assert.Equal(expected, SpokenForm.Of(text, "fr").Text);

    [Theory]
    [InlineData("It costs $3.50 today.", "It", "It")]
    [InlineData("It costs $3.50 today.", "It costs", "It costs")]
    [InlineData("It costs $3.50 today.", "It costs three dollars", "It costs")]
    [InlineData("It costs $3.50 today.", "It costs three dollars and fifty cents", "It costs $3.50")]
    [InlineData("It costs $3.50 today.", "It costs three dollars and fifty cents today.", "It costs $3.50 today.")]
    [InlineData("Call 555-123-4567 or go.", "Call five five five, one two three", "Call 555-123")]
    [InlineData("Write to a.b@example.com now", "Write to a dot b at example", "Write to a.b@example")]
    [InlineData("**Good**: 5 km", "Good: five", "Good:")]
    public void What_was_heard_is_counted_in_the_written_text(string text, string heard, string expected)
    {
        SpokenText spoken = SpokenForm.Of(text, "en");
        Assert.StartsWith(heard, spoken.Text, StringComparison.Ordinal);
        Assert.Equal(expected, spoken.Written[..spoken.WrittenLength(heard.Length)]);
    }

    [Fact]
    public void Heard_text_never_runs_back_and_ends_with_the_whole()
    {
        const string Alphabet = "ab 019.,:-/$€%@+()°#z&½\n*_[]<>U.Se.g. Mar. 5p.m. ";
        foreach (string language in (string[])["en", "en-GB", "de", "fr"])
        {
            for (ulong seed = 1; seed <= 400; seed++)
            {
                var random = new SeededRandom(seed);
                string text = string.Concat(Enumerable.Range(0, 120).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
                SpokenText spoken = SpokenForm.Of(text, language);
                int last = 0;
                for (int i = 0; i <= spoken.Text.Length; i++)
                {
                    int now = spoken.WrittenLength(i);
                    Assert.True(now >= last && now <= spoken.Written.Length, $"{random} {language} {text}");
                    last = now;
                }

                Assert.True(last == spoken.Written.Length, $"{random} {language} {text}");
            }
        }
    }

    [Fact]
    public void No_digits_are_left_for_an_English_voice()
    {
        const string Alphabet = "ab 0123456789.,:-/$%+()";
        for (ulong seed = 1; seed <= 300; seed++)
        {
            var random = new SeededRandom(seed);
            string text = "x " + string.Concat(Enumerable.Range(0, 60).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            Assert.True(SpokenForm.Of(text, "en").Text.All(c => !char.IsAsciiDigit(c)), $"{random}: {text} -> {SpokenForm.Of(text, "en").Text}");
        }
    }

    [Fact]
    public void Text_that_would_grow_too_long_is_spoken_as_it_is_written()
    {
        string text = string.Concat(Enumerable.Repeat("7% ", 400)).Trim();
        Assert.Equal(text, SpokenForm.Of(text, "en").Text);
    }

    private static void AssertSpoken(string text, string expected, string language = "en") => Assert.Equal(expected, SpokenForm.Of(text, language).Text);
}
