using AgentGateway.Conversation.TurnTaking;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.Tests.TurnTaking;

public sealed class AgentWordsTests
{
    private static readonly Instant Start = Instant.FromMilliseconds(1000);

    [Theory]
    [InlineData("we are open today", true)]
    [InlineData("we are closed today", true)]
    [InlineData("we were closed today", false)]
    [InlineData("we are open here now", false)]
    [InlineData("today open are we", false)]
    [InlineData("open today", false)]
    public void Three_quarters_of_the_words_in_their_order_explain_a_text(string heard, bool explained)
    {
        var agent = new AgentWords();
        agent.Play(Start, "We are open today.");
        Assert.Equal(explained, agent.Explain(heard, 4, Start));
    }

    [Theory]
    [InlineData(8000, true)]
    [InlineData(8001, false)]
    public void Words_are_remembered_for_eight_seconds(int later, bool explained)
    {
        var agent = new AgentWords();
        agent.Play(Start, "We are open today.");
        Assert.Equal(explained, agent.Explain("we are open today", 4, Start + TimeSpan.FromMilliseconds(later)));
    }

    [Fact]
    public void The_next_two_words_may_be_heard_already()
    {
        var agent = new AgentWords();
        agent.Expect("We are open today.");
        Assert.True(agent.Explain("we are", 2, Start));
        Assert.False(agent.Explain("open today", 2, Start));
        agent.Play(Start, "We are");
        Assert.True(agent.Explain("open today", 2, Start + TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void What_another_reply_did_not_say_is_forgotten()
    {
        var agent = new AgentWords();
        agent.Expect("We are open today.");
        agent.Play(Start, "We are");
        agent.Begin();
        Assert.False(agent.Explain("open today", 2, Start));
        agent.Expect("See you tomorrow.");
        Assert.True(agent.Explain("see you", 2, Start));
        Assert.True(agent.Explain("we are", 2, Start));
    }
}
