using System.Diagnostics.Metrics;
using AgentGateway.Providers.Engines;

namespace AgentGateway.Providers.Tests.Engines;

public sealed class ComputeGateTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Slots_are_given_in_the_order_asked()
    {
        ComputeGate gate = new(2, "gate-test", TimeProvider.System);
        await gate.EnterAsync(Token);
        await gate.EnterAsync(Token);
        List<int> order = [];
        Task[] waiting = new Task[5];
        for (int i = 0; i < waiting.Length; i++)
        {
            int n = i;
            Task entered = gate.EnterAsync(Token).AsTask();
            Assert.False(entered.IsCompleted);
            waiting[i] = Task.Run(async () =>
            {
                await entered;
                lock (order)
                    order.Add(n);
                gate.Exit();
            });
        }

        Assert.Equal(5, gate.Waiting);
        gate.Exit();
        await Task.WhenAll(waiting);
        Assert.Equal([0, 1, 2, 3, 4], order);
    }

    [Fact(Timeout = 60_000)]
    public async Task Who_gives_up_leaves_the_queue_and_no_slot_is_lost()
    {
        ComputeGate gate = new(1, "gate-test", TimeProvider.System);
        await gate.EnterAsync(Token);
        using CancellationTokenSource giveUp = new();
        Task impatient = gate.EnterAsync(giveUp.Token).AsTask();
        Task patient = gate.EnterAsync(Token).AsTask();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        gate.Exit();
        await patient;
        gate.Exit();
        Assert.True(gate.EnterAsync(Token).AsTask().IsCompletedSuccessfully);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_wait_is_measured()
    {
        List<double> delays = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "agentgateway.speech.queue.delay" && instrument.Meter.Name == "AgentGateway.Providers")
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) =>
        {
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                if (Equals(tag.Value, "gate-metric-test"))
                {
                    lock (delays)
                        delays.Add(value);
                }
            }
        });
        listener.Start();
        ComputeGate gate = new(1, "gate-metric-test", TimeProvider.System);
        await gate.EnterAsync(Token);
        Task second = gate.EnterAsync(Token).AsTask();
        gate.Exit();
        await second;
        Assert.Equal(2, delays.Count);
        Assert.Equal(0, delays[0]);
        Assert.True(delays[1] > 0);
    }
}
