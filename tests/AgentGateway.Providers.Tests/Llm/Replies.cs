using System.Text;
using AgentGateway.Conversation.Ports;
using Microsoft.Extensions.AI;

namespace AgentGateway.Providers.Tests.Llm;

internal static class Replies
{
    public static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token;

    public static ChatMessage[] Ask(string text = "Hello") => [new(ChatRole.System, "You are a test."), new(ChatRole.User, text)];

    /// <summary>All updates of a reply.</summary>
    public static async Task<List<ChatResponseUpdate>> CollectAsync(this IChatClient client, IEnumerable<ChatMessage>? messages = null, ChatOptions? options = null)
    {
        List<ChatResponseUpdate> updates = [];
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(messages ?? Ask(), options, Limit))
            updates.Add(update);
        return updates;
    }

    public static string Text(this IEnumerable<ChatResponseUpdate> updates) =>
        updates.Aggregate(new StringBuilder(), (text, update) => text.Append(update.Text)).ToString();

    public static IEnumerable<T> Contents<T>(this IEnumerable<ChatResponseUpdate> updates)
        where T : AIContent => updates.SelectMany(update => update.Contents.OfType<T>());

    /// <summary>The failure of a reply, and the text that came before it.</summary>
    public static async Task<(LlmException Failure, string Text)> FailureAsync(this IChatClient client)
    {
        var text = new StringBuilder();
        LlmException failure = await Assert.ThrowsAsync<LlmException>(async () =>
        {
            await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(Ask(), null, Limit))
                text.Append(update.Text);
        });
        return (failure, text.ToString());
    }
}
