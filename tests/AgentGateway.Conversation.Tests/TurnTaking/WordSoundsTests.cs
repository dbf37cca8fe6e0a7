using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Tests.TurnTaking;

public sealed class WordSoundsTests
{
    [Theory]
    [InlineData("who key", "okay", 0.2)]
    [InlineData("the kid", "okay", 0.25)]
    [InlineData("ride", "right", 0.1)]
    [InlineData("share", "sure", 0.15)]
    [InlineData("yet", "yep", 0.2)]
    [InlineData("mess", "yes", 0.4)]
    public void What_is_taken_for_each_other_is_near(string heard, string said, double most) => Assert.InRange(Distance(heard, said), 0, most);

    [Theory]
    [InlineData("tuesday", "okay")]
    [InlineData("expensive", "yes")]
    [InlineData("stop", "sure")]
    [InlineData("breakfast", "right")]
    public void What_is_not_is_far(string heard, string said) => Assert.InRange(Distance(heard, said), 0.3, 2);

    [Fact]
    public void Spelling_that_sounds_the_same_is_the_same()
    {
        Assert.Equal(0, Distance("knight", "night"));
        Assert.Equal(0, Distance("phase", "fase"));
        Assert.Equal(0, Distance("see", "sea"));
        Assert.Equal(0, Distance("", "'"));
    }

    [Fact]
    public void Distances_are_symmetric_and_long_texts_bounded()
    {
        string nonsense = new('x', 500);
        Assert.Equal(Distance("the kid", "okay"), Distance("okay", "the kid"));
        Assert.Equal(24, WordSounds.Of([nonsense, "stop", nonsense, nonsense, "sequences", "of", "many", "different", "sounding", "words"]).Length);
    }

    private static double Distance(string a, string b) => WordSounds.Distance(WordSounds.Of(a.Split(' ')), WordSounds.Of(b.Split(' ')));
}
