using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Session;
using AgentGateway.Testing;

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
        // 6 frames at a time: the queue holds 0.68 s and nobody fills it meanwhile.
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 6; i++)
            {
                call.Session.PushAudio(microphone);
                call.Session.PullAudio(frame);
            }
        }));
        Assert.Contains(frame, sample => sample != 0);
    }

    [Fact]
    public async Task Waking_a_waiting_loop_allocates_nothing_to_speak_of()
    {
        const int Times = 2_000;
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
            () => Allocations.Least(() =>
            {
                int before = Volatile.Read(ref woken);
                for (int i = 0; i < Times; i++)
                {
                    signal.Set();
                    for (long spins = 0; Volatile.Read(ref woken) <= before + i && spins < 100_000_000; spins++)
                        Thread.Yield();
                }
            }),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        end.Cancel();
        signal.Set();
        await loop;
        Assert.True(woken > Times, $"{woken}");
        // The thread pool's queue may grow by a segment now and then; an object per signal would be 48,000 bytes.
        Assert.InRange(allocated, 0, 16_384);
    }
}
