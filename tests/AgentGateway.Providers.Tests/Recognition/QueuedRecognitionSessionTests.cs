using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Recognition;

namespace AgentGateway.Providers.Tests.Recognition;

public sealed class QueuedRecognitionSessionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Audio_reaches_the_engine_in_order_and_each_end_gives_one_final()
    {
        SummingDecoder decoder = new();
        await using QueuedRecognitionSession session = new(decoder, "test", TimeProvider.System);
        for (int i = 1; i <= 300; i++)
            await session.WriteAsync(new short[] { (short)i }, Token);
        Assert.Equal(0, await session.EndUtteranceAsync(Token));
        await session.WriteAsync(new short[] { 5, 6 }, Token);
        Assert.Equal(1, await session.EndUtteranceAsync(Token));
        List<RecognitionResult> finals = [];
        while (finals.Count < 2)
        {
            RecognitionResult result = await session.Results.ReadAsync(Token);
            if (result.IsFinal)
                finals.Add(result);
        }

        Assert.Equal([new(0, "45150", true), new(1, "11", true)], finals);
        Assert.True(decoder.InOrder);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_full_queue_makes_the_writer_wait_and_not_lose()
    {
        SummingDecoder decoder = new() { Gate = new TaskCompletionSource() };
        await using QueuedRecognitionSession session = new(decoder, "test", TimeProvider.System);
        await session.WriteAsync(new short[] { 1 }, Token);
        await decoder.Blocked.Task.WaitAsync(Token);

        // The worker is held in the decoder, so nothing leaves the queue now.
        for (int i = 0; i < QueuedRecognitionSession.QueueCapacity; i++)
            Assert.True(session.WriteAsync(new short[] { 1 }, Token).AsTask().IsCompletedSuccessfully);
        Task waiting = session.WriteAsync(new short[] { 1 }, Token).AsTask();
        Assert.False(waiting.IsCompleted);

        decoder.Gate.SetResult();
        await waiting;
        await session.EndUtteranceAsync(Token);
        RecognitionResult result;
        do
            result = await session.Results.ReadAsync(Token);
        while (!result.IsFinal);
        Assert.Equal((QueuedRecognitionSession.QueueCapacity + 2).ToString(System.Globalization.CultureInfo.InvariantCulture), result.Text);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_engine_failure_ends_the_results_and_is_told_to_the_writer()
    {
        await using QueuedRecognitionSession session = new(new SummingDecoder { Fails = true }, "test", TimeProvider.System);
        await session.WriteAsync(new short[1], Token);
        SpeechProviderException e = await Assert.ThrowsAsync<SpeechProviderException>(async () => await session.Results.WaitToReadAsync(Token));
        Assert.Contains("broken", e.Message, StringComparison.Ordinal);
        e = await Assert.ThrowsAsync<SpeechProviderException>(async () => await session.EndUtteranceAsync(Token));
        Assert.Contains("broken", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Dispose_stops_a_running_decode_and_frees_the_engine_once()
    {
        SummingDecoder decoder = new() { Gate = new TaskCompletionSource() };
        QueuedRecognitionSession session = new(decoder, "test", TimeProvider.System);
        await session.WriteAsync(new short[1], Token);
        await decoder.Blocked.Task.WaitAsync(Token);
        await session.DisposeAsync();
        await session.DisposeAsync();
        Assert.Equal(1, decoder.Disposals);
        Assert.False(await session.Results.WaitToReadAsync(Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task More_than_a_second_at_once_is_refused()
    {
        await using QueuedRecognitionSession session = new(new SummingDecoder(), "test", TimeProvider.System);
        await Assert.ThrowsAsync<ArgumentException>(async () => await session.WriteAsync(new short[16001], Token));
    }

    /// <summary>An engine whose text is the sum of the samples.</summary>
    private sealed class SummingDecoder : IUtteranceDecoder
    {
        private long _sum;
        private short _last;

        public TaskCompletionSource? Gate { get; init; }

        public TaskCompletionSource Blocked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Fails { get; init; }

        public bool InOrder { get; private set; } = true;

        public int Disposals { get; private set; }

        public void Accept(ReadOnlySpan<short> pcm)
        {
            if (Fails)
                throw new InvalidOperationException("broken");
            foreach (short sample in pcm)
            {
                InOrder &= sample > _last;
                _last = sample;
                _sum += sample;
            }
        }

        public async ValueTask<string?> DecodeAsync(CancellationToken cancellationToken)
        {
            if (Gate is not null)
            {
                Blocked.TrySetResult();
                await Gate.Task.WaitAsync(cancellationToken);
            }

            return null;
        }

        public ValueTask<string> FinishAsync(CancellationToken cancellationToken)
        {
            string text = _sum.ToString(System.Globalization.CultureInfo.InvariantCulture);
            _sum = 0;
            _last = 0;
            return new ValueTask<string>(text);
        }

        public ValueTask DisposeAsync()
        {
            Disposals++;
            return ValueTask.CompletedTask;
        }
    }
}
