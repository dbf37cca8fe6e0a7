using AgentGateway.Rtc.Dtls;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Dtls;

public sealed class DatagramQueueTests
{
    [Fact]
    public void Keeps_order_and_boundaries_against_a_reference_queue()
    {
        const int seed = 5;
        const int capacity = 8 * 1024;
        var random = new Random(seed);
        var pool = new CountingPool<byte>();
        var queue = new DatagramQueue(capacity, pool);
        var reference = new Queue<byte[]>();
        int held = 0;
        byte[] buffer = new byte[1500];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] datagram = new byte[random.Next(1, 1500)];
            random.NextBytes(datagram);
            switch (random.Next(5))
            {
                case 0 or 1:
                    bool fits = held + datagram.Length + 2 <= capacity;
                    Assert.True(fits == queue.TryEnqueue(datagram), $"seed {seed}, step {i}");
                    if (fits)
                    {
                        reference.Enqueue(datagram);
                        held += datagram.Length + 2;
                    }

                    break;
                case 2:
                    byte[] record = datagram[..Math.Min(datagram.Length, 300)];
                    bool joins = reference.Count > 0 && reference.Last().Length + record.Length <= 1500 && held + record.Length <= capacity;
                    Assert.True(joins == queue.TryAppendToLast(record, 1500), $"seed {seed}, step {i}");
                    if (joins)
                    {
                        byte[][] all = [.. reference];
                        all[^1] = [.. all[^1], .. record];
                        reference = new Queue<byte[]>(all);
                        held += record.Length;
                    }

                    break;
                default:
                    bool any = reference.TryDequeue(out byte[]? expected);
                    Assert.Equal(any, queue.TryDequeue(buffer, out int length));
                    if (any)
                    {
                        Assert.Equal(expected, buffer[..length]);
                        held -= length + 2;
                    }

                    break;
            }

            Assert.Equal(reference.Count == 0, queue.IsEmpty);

            // Memory is there while something waits, and only then.
            Assert.Equal(queue.IsEmpty ? 0 : 1, pool.Outstanding);
        }

        Assert.InRange(pool.Made, 1, 100);
    }

    [Fact]
    public void Memory_goes_back_cleared_when_nothing_waits_any_more()
    {
        var pool = new CountingPool<byte>();
        var queue = new DatagramQueue(8 * 1024, pool);
        Assert.True(queue.TryReserve(2048, out Span<byte> space));
        space.Fill(7);
        queue.ReleaseIfEmpty();
        Assert.Equal(0, pool.Outstanding);
        Assert.All(pool.Returned!, b => Assert.Equal(0, b));
        Assert.True(queue.TryEnqueue([1, 2, 3]));
        queue.ReleaseIfEmpty();
        Assert.Equal(1, pool.Outstanding);
        queue.Release();
        queue.Release();
        Assert.Equal(0, pool.Outstanding);
        Assert.True(queue.IsEmpty);
        Assert.False(queue.TryDequeue(new byte[1500], out _));
    }
}
