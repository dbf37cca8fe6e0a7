using AgentGateway.Conversation.Ports;
using AgentGateway.Conversation.Speech;

namespace AgentGateway.Conversation.Tests.Speech;

public sealed class PhraseCacheTests
{
    private static readonly SpeechRequest Greeting = new("Good evening.", "en", null, 1);
    private static readonly SpeechRequest Apology = new("I am sorry.", "en", null, 1);

    [Fact]
    public void One_of_many_makes_a_phrase_and_nobody_one_that_is_there()
    {
        var cache = new PhraseCache();
        Assert.True(cache.TryBeginMaking("voice", Greeting));
        Assert.False(cache.TryBeginMaking("voice", Greeting));
        Assert.True(cache.TryBeginMaking("voice", Apology));
        Assert.True(cache.TryBeginMaking("another voice", Greeting));

        // Whoever fails to make it leaves it to the next.
        cache.EndMaking("voice", Greeting);
        Assert.True(cache.TryBeginMaking("voice", Greeting));
        cache.Add("voice", Greeting, new SpokenPhrase(new short[100], []));
        cache.EndMaking("voice", Greeting);
        Assert.False(cache.TryBeginMaking("voice", Greeting));
        Assert.Equal(200, cache.Bytes);
    }

    [Fact]
    public void What_was_not_used_for_longest_goes_and_may_be_made_again()
    {
        var cache = new PhraseCache(maxBytes: 300);
        cache.Add("voice", Greeting, new SpokenPhrase(new short[100], []));
        cache.Add("voice", Apology, new SpokenPhrase(new short[100], []));
        Assert.Null(cache.Find("voice", Greeting));
        Assert.NotNull(cache.Find("voice", Apology));
        Assert.True(cache.TryBeginMaking("voice", Greeting));
    }
}
