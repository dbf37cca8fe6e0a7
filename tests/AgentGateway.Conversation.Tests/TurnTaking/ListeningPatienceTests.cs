using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Tests.TurnTaking;

public sealed class ListeningPatienceTests
{
    [Theory]
    [InlineData(ListeningContext.Phone, "five five five one two three", 1500)]
    [InlineData(ListeningContext.Phone, "555 123 456", 1500)]
    [InlineData(ListeningContext.Phone, "555 123 4567", 0)]
    [InlineData(ListeningContext.Phone, "", 0)]
    [InlineData(ListeningContext.Digits, "4711", 1500)]
    [InlineData(ListeningContext.Digits, "i have lost it", 0)]
    [InlineData(ListeningContext.Email, "ada", 1500)]
    [InlineData(ListeningContext.Email, "ada@example", 1500)]
    [InlineData(ListeningContext.Email, "ada.b@example", 1500)]
    [InlineData(ListeningContext.Email, "write to example.com", 1500)]
    [InlineData(ListeningContext.Email, "ada@example.com", 0)]
    [InlineData(ListeningContext.Email, "ada at example dot com", 0)]
    [InlineData(ListeningContext.Address, "twelve main", 1500)]
    [InlineData(ListeningContext.Address, "twelve main street in rome", 1200)]
    [InlineData(ListeningContext.Open, "555", 0)]
    public void What_is_dictated_is_waited_for_until_it_is_whole(ListeningContext context, string text, int milliseconds) =>
        Assert.Equal(milliseconds, ListeningPatience.LeastDelay(context, text, TurnVocabulary.For("en")).TotalMilliseconds);
}
