using AgentGateway.Primitives;
using AgentGateway.Testing;

namespace AgentGateway.Net.Tests;

public sealed class DeadlineHeapTests
{
    [Fact]
    public void The_first_deadline_is_on_top_whatever_was_set_and_removed()
    {
        var random = new SeededRandom(4);
        var heap = new DeadlineHeap();
        RtcConnection[] connections = [.. Enumerable.Range(0, 200).Select(_ => Connection())];
        Dictionary<RtcConnection, long> expected = [];
        for (int i = 0; i < 20_000; i++)
        {
            RtcConnection connection = connections[random.Next(connections.Length)];
            if (random.Next(3) == 0)
            {
                heap.Remove(connection);
                expected.Remove(connection);
            }
            else
            {
                long ticks = random.Next(1000);
                heap.SetNoLater(connection, new Instant(ticks));
                expected[connection] = Math.Min(ticks, expected.GetValueOrDefault(connection, long.MaxValue));
            }

            Assert.Equal(expected.Count, heap.Count);
            Assert.Equal(expected.Count > 0, heap.TryPeek(out RtcConnection? first, out Instant deadline));
            if (first is not null)
            {
                Assert.Equal(expected.Values.Min(), deadline.Ticks);
                Assert.Equal(expected[first], deadline.Ticks);
            }
        }
    }

    [Fact]
    public void A_connection_that_left_is_not_kept()
    {
        var heap = new DeadlineHeap();
        WeakReference left = Pass(heap);
        GC.Collect();
        Assert.False(left.IsAlive);
        Assert.Equal(1, heap.Count);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static WeakReference Pass(DeadlineHeap heap)
        {
            RtcConnection connection = Connection();
            heap.SetNoLater(Connection(), new Instant(5));
            heap.SetNoLater(connection, new Instant(9));
            heap.Remove(connection);
            return new WeakReference(connection);
        }
    }

    // The heap looks at nothing but the place.
    private static RtcConnection Connection() => new(null!, null!, null!, static () => { });
}
