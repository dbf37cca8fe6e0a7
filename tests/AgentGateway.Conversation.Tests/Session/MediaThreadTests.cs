using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Session;

namespace AgentGateway.Conversation.Tests.Session;

public sealed class MediaThreadTests
{
    [Fact]
    public void The_media_thread_allocates_nothing()
    {
        using Call call = Call.Start();
        call.Model.Reply(string.Concat(Enumerable.Repeat("One two three four five. ", 20)));
        call.Session.PushText("count");
        call.Await<AgentSpeechStarted>();
        short[] frame = new short[960];
        short[] microphone = new short[320];
        call.Session.PushAudio(microphone);
        call.Session.PullAudio(frame);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 40; i++)
        {
            call.Session.PushAudio(microphone);
            call.Session.PullAudio(frame);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Contains(frame, sample => sample != 0);
    }

    [Fact]
    public async Task Waking_a_waiting_loop_allocates_nothing_to_speak_of()
    {
        const int Times = 20_000;
        var signal = new AsyncSignal();
        using var end = new CancellationTokenSource();
        int woken = 0;
        Task loop = Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                await signal.WaitAsync(CancellationToken.None);
                Interlocked.Increment(ref woken);
            }
        });
        long allocated = await Task.Factory.StartNew(
            () =>
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                for (int i = 0; i < Times; i++)
                {
                    signal.Set();
                    Thread.SpinWait(20);
                }

                return GC.GetAllocatedBytesForCurrentThread() - before;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        end.Cancel();
        signal.Set();
        await loop;
        Assert.True(woken > 1, $"{woken}");
        // The thread pool's queue may grow by a segment; a byte per signal would be 20,000.
        Assert.InRange(allocated, 0, 8_192);
    }
}
