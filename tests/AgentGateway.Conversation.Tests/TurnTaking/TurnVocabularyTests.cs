using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Tests.TurnTaking;

public sealed class TurnVocabularyTests
{
    [Theory]
    [InlineData("uh-huh", 0)]
    [InlineData("Okay. Got it!", 0)]
    [InlineData("I see", 0)]
    [InlineData("i see the menu", 2)]
    [InlineData("our ok", 0)]
    [InlineData("the", 0)]
    [InlineData("but i want the other one", 6)]
    [InlineData("okay tomorrow", 1)]
    [InlineData("yeah that sounds good", 0)]
    [InlineData("that's very interesting", 0)]
    [InlineData("that's not right", 2)]
    [InlineData("how much", 2)]
    [InlineData("", 0)]
    [InlineData("   ...  ", 0)]
    public void Real_words_are_those_that_are_no_back_channel_and_say_something(string text, int expected) =>
        Assert.Equal(expected, TurnVocabulary.For("en-US").CountRealWords(TurnVocabulary.Words(text)));

    [Theory]
    [InlineData("hang on", true)]
    [InlineData("okay wait", true)]
    [InlineData("No!", true)]
    [InlineData("the waiter", false)]
    [InlineData("hanging on", false)]
    [InlineData("no problem", false)]
    [InlineData("no problem stop", true)]
    public void Phrases_that_take_the_floor_are_whole_words(string text, bool expected) =>
        Assert.Equal(expected, TurnVocabulary.For("en").HasInterrupt(TurnVocabulary.Words(text)));

    [Theory]
    [InlineData("das klingt gut", 0)]
    [InlineData("ja kein Problem", 0)]
    [InlineData("das ist zu teuer", 4)]
    public void German_back_channels_are_as_broad(string text, int expected) =>
        Assert.Equal(expected, TurnVocabulary.For("de").CountRealWords(TurnVocabulary.Words(text)));

    [Fact]
    public void An_unknown_language_has_no_lists_and_works_by_punctuation()
    {
        var vocabulary = TurnVocabulary.For("xx");
        Assert.Equal(1, vocabulary.CountRealWords(TurnVocabulary.Words("okay")));
        var completeness = new TextCompleteness(vocabulary, SentenceEnds.For("xx"));
        Assert.True(completeness.Likelihood("Foo bar.") > completeness.Likelihood("foo bar"));
        Assert.True(completeness.Likelihood("foo bar,") < 0.2);
    }
}
