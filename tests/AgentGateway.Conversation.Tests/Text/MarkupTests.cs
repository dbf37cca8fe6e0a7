using AgentGateway.Conversation.Text;

namespace AgentGateway.Conversation.Tests.Text;

public sealed class MarkupTests
{
    [Theory]
    [InlineData("We are **open** _now_.", "We are open now.")]
    [InlineData("### Hours", "Hours")]
    [InlineData("- one\n* two\n> three", "one, two, three")]
    [InlineData("1. Open it", "1. Open it")]
    [InlineData("Use `run.sh` now", "Use run.sh now")]
    [InlineData("See [our page](https://example.com/a_b).", "See our page.")]
    [InlineData("![a map](map.png)", "a map")]
    [InlineData("[not a link] (really)", "[not a link] (really)")]
    [InlineData("[broken](never closed", "[broken](never closed")]
    [InlineData("Hello 😀!", "Hello!")]
    [InlineData("Great 👍🏽 job 🇩🇪", "Great job")]
    [InlineData("👨‍👩‍👧 family", "family")]
    [InlineData("2 * 3 = 6", "2 * 3 = 6")]
    [InlineData("snake_case stays", "snake_case stays")]
    [InlineData("a <b>bold</b> word<br/>here", "a bold wordhere")]
    [InlineData("3 < 4 and 5 > 2", "3 < 4 and 5 > 2")]
    [InlineData("-5 degrees", "-5 degrees")]
    [InlineData("tab\tand\u0007bell", "tab andbell")]
    [InlineData("***", "")]
    [InlineData("😀 🎉", "")]
    [InlineData("---", "")]
    [InlineData("Grüße, 東京!", "Grüße, 東京!")]
    public void Only_what_can_be_said_is_left(string text, string expected) => Assert.Equal(expected, Markup.Strip(text));
}
