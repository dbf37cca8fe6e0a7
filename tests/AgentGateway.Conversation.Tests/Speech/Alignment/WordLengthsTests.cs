using AgentGateway.Conversation.Speech.Alignment;

namespace AgentGateway.Conversation.Tests.Speech.Alignment;

public sealed class WordLengthsTests
{
    [Theory]
    [InlineData("en", "chair", 1)]
    [InlineData("en", "table", 2)]
    [InlineData("en", "home", 1)]
    [InlineData("en", "the", 1)]
    [InlineData("en", "comfortable", 4)]
    [InlineData("en", "quiet", 1)]
    [InlineData("en", "Tuesday", 2)]
    [InlineData("de", "Straße", 2)]
    [InlineData("de", "Geburtsdatum", 4)]
    [InlineData("de", "größer", 2)]
    [InlineData("fr", "personnes", 2)]
    [InlineData("es", "habitación", 4)]
    [InlineData("ru", "спасибо", 3)]
    [InlineData("el", "καλημέρα", 4)]
    [InlineData("en", "42", 2)]
    [InlineData("ko", "안녕하세요", 5)]
    [InlineData("en", "xyz", 1)]
    public void Syllables_are_groups_of_vowels_that_are_spoken(string language, string word, int syllables) =>
        Assert.Equal(syllables, Assert.Single(WordLengths.Of(word, language)).Syllables);

    [Fact]
    public void Longer_words_take_longer_and_words_without_stress_less()
    {
        List<ExpectedWord> words = WordLengths.Of("the bed international strengths", "en");
        Assert.True(words[0].Length < words[1].Length);
        Assert.True(words[1].Length < words[3].Length);
        Assert.True(words[3].Length < words[2].Length);
    }

    [Fact]
    public void Signs_belong_to_the_word_before_them()
    {
        List<ExpectedWord> words = WordLengths.Of("Yes – it \"is\", really. Now", "en");
        Assert.Equal([5, 8, 14, 22, 26], words.Select(word => word.TextEnd));
        Assert.Equal([WordBreak.Clause, WordBreak.None, WordBreak.Clause, WordBreak.Sentence, WordBreak.Sentence], words.Select(word => word.Break));
    }

    [Fact]
    public void Ideographs_are_words_of_their_own() => Assert.Equal([1, 2, 4], WordLengths.Of("我很好。", "zh").Select(word => word.TextEnd));

    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    [InlineData("… –")]
    public void Text_without_words_has_none(string text) => Assert.Empty(WordLengths.Of(text, "en"));
}
