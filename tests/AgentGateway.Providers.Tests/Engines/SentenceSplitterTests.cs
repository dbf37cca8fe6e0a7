using AgentGateway.Providers.Engines;

namespace AgentGateway.Providers.Tests.Engines;

public sealed class SentenceSplitterTests
{
    [Theory]
    [InlineData("We are open today. You can come at five. Thanks!", "We are open today. You can come at five.|Thanks!")]
    [InlineData("Your table is booked with Dr. Smith at 5 p.m. on Friday.", "Your table is booked with Dr. Smith at 5 p.m. on Friday.")]
    [InlineData("The address is 10 Main St. Please ring the bell!", "The address is 10 Main St. Please ring the bell!")]
    [InlineData("Is that all right with you? Then it is booked for Friday.", "Is that all right with you?|Then it is booked for Friday.")]
    [InlineData("It costs 3.50 euros, e.g. with milk.", "It costs 3.50 euros, e.g. with milk.")]
    [InlineData("Hi.", "Hi.")]
    [InlineData("", "")]
    public void Only_plain_ends_split(string text, string expected)
    {
        string[] pieces = SentenceSplitter.Split(text).Select(p => text.Substring(p.Start, p.Length)).ToArray();
        Assert.Equal(expected.Split('|', StringSplitOptions.RemoveEmptyEntries), pieces);
    }
}
