using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Recognition;

namespace AgentGateway.Providers.Tests.Recognition;

public sealed class RecognitionResultQueueTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_newer_result_replaces_an_unread_partial_and_finals_stay()
    {
        RecognitionResultQueue queue = new();
        queue.TryAdd(new(0, "a", false));
        queue.TryAdd(new(0, "a b", false));
        queue.TryAdd(new(0, "a b c", true));
        queue.TryAdd(new(1, "d", false));
        queue.TryAdd(new(1, "d e", true));
        queue.TryAdd(new(2, "f", false));
        queue.Complete(null);
        List<RecognitionResult> read = [];
        await foreach (RecognitionResult result in queue.ReadAllAsync(Token))
            read.Add(result);
        Assert.Equal([new(0, "a b c", true), new(1, "d e", true), new(2, "f", false)], read);
        await queue.Completion;
    }

    [Fact]
    public async Task A_waiting_reader_gets_the_result_or_the_error()
    {
        RecognitionResultQueue queue = new();
        ValueTask<bool> waiting = queue.WaitToReadAsync(Token);
        Assert.False(waiting.IsCompleted);
        queue.TryAdd(new(0, "a", false));
        Assert.True(await waiting);
        Assert.True(queue.TryRead(out _));
        Task<bool> second = queue.WaitToReadAsync(Token).AsTask();
        queue.Complete(new SpeechProviderException("gone"));
        Assert.Equal("gone", (await Assert.ThrowsAsync<SpeechProviderException>(() => second)).Message);
        await Assert.ThrowsAsync<SpeechProviderException>(() => queue.Completion);
        Assert.False(queue.TryAdd(new(1, "b", true)));
    }

    [Fact]
    public void Unread_finals_are_bounded()
    {
        RecognitionResultQueue queue = new();
        for (int i = 0; i < RecognitionResultQueue.Capacity; i++)
            Assert.True(queue.TryAdd(new(i, "x", true)));
        Assert.False(queue.TryAdd(new(9999, "y", true)));
        Assert.Equal(RecognitionResultQueue.Capacity, queue.Count);
    }
}
