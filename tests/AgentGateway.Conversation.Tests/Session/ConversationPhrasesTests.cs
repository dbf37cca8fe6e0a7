using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Session;

namespace AgentGateway.Conversation.Tests.Session;

public sealed class ConversationPhrasesTests
{
    [Fact]
    public void Phrases_of_the_file_come_before_those_of_the_language()
    {
        AgentDefinition agent = Agent("de-AT") with { Phrases = new PhraseOptions { Filler = "Moment." } };
        ConversationPhrases phrases = ConversationPhrases.For(agent);
        Assert.Equal("Moment.", phrases.Filler);
        Assert.Equal("Sind Sie noch da?", phrases.StillThere);
    }

    [Fact]
    public void Every_phrase_of_the_file_is_said()
    {
        string[] own = ["a", "b", "c", "d", "e", "f", "g", "h"];
        ConversationPhrases phrases = ConversationPhrases.For(Agent("en") with
        {
            Phrases = new PhraseOptions
            {
                NotUnderstood = own[0], Filler = own[1], FillerAgain = own[2], StillThere = own[3], StillThereAgain = own[4], IdleGoodbye = own[5], TimeWarning = own[6], TimeUp = own[7],
            },
        });
        Assert.Equal(
            own,
            new[] { phrases.NotUnderstood, phrases.Filler, phrases.FillerAgain, phrases.StillThere, phrases.StillThereAgain, phrases.IdleGoodbye, phrases.TimeWarning, phrases.TimeUp });
    }

    [Fact]
    public void A_German_agent_apologises_in_German_unless_its_file_says_otherwise()
    {
        Assert.StartsWith("Es tut mir leid", Agent("de-DE").Apology, StringComparison.Ordinal);
        Assert.StartsWith("I am sorry", Agent("en").Apology, StringComparison.Ordinal);
        Assert.Equal("Oh.", (Agent("de") with { Apology = "Oh." }).Apology);
    }

    [Fact]
    public void An_idle_caller_hears_the_agents_own_words()
    {
        using Call call = Call.Start(context => context with { Agent = context.Agent with { Phrases = new PhraseOptions { StillThere = "Anybody home?" } } });
        call.Run(9000);
        call.Await<AgentSpeechStopped>();
        Assert.Equal("Anybody home?", call.HeardText);
    }

    private static AgentDefinition Agent(string language) => new() { Name = "test", DisplayName = "Test", Version = "0", Language = language };
}
