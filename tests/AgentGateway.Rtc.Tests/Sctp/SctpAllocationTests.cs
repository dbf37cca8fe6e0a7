using AgentGateway.Primitives;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Sctp;

public sealed class SctpAllocationTests
{
    [Theory]
    [InlineData(100)]
    [InlineData(8000)]
    public void Steady_traffic_allocates_nothing_per_packet(int size)
    {
        SctpAssociation left = new(new SctpOptions(), isDtlsClient: true, new SeededRandom(1));
        SctpAssociation right = new(new SctpOptions(), isDtlsClient: false, new SeededRandom(2));
        byte[] buffer = new byte[1200];
        byte[] message = new byte[size];
        Instant now = Instant.Zero;
        left.Start(now);
        Exchange(left, right, buffer, now);
        ushort id = left.OpenChannel(now, new DataChannelOptions());
        Exchange(left, right, buffer, now);
        int received = 0;
        for (int i = 0; i < 200; i++)
            received += Turn(left, right, id, message, buffer, ref now);
        long allocated = Allocations.Least(() =>
        {
            received = 0;
            for (int i = 0; i < 1000; i++)
                received += Turn(left, right, id, message, buffer, ref now);
        });
        Assert.Equal(2000, received);
        // The shared pool may trim or grow a bucket now and then; an object per packet would show as 50 bytes and more.
        Assert.InRange(allocated / received, 0, 16);
    }

    private static int Turn(SctpAssociation left, SctpAssociation right, ushort id, byte[] message, byte[] buffer, ref Instant now)
    {
        now += TimeSpan.FromMilliseconds(20);
        left.Send(now, id, message, isText: true);
        right.Send(now, id, message, isText: false);
        int received = Exchange(left, right, buffer, now);
        left.HandleTimeout(now);
        right.HandleTimeout(now);
        return received;
    }

    private static int Exchange(SctpAssociation left, SctpAssociation right, byte[] buffer, Instant now)
    {
        int messages = 0;
        bool any;
        do
        {
            any = Move(left, right, buffer, now) | Move(right, left, buffer, now);
            messages += Take(left) + Take(right);
        }
        while (any);
        return messages;
    }

    private static bool Move(SctpAssociation from, SctpAssociation to, byte[] buffer, Instant now)
    {
        bool any = false;
        while (from.TryPollTransmit(buffer, out int length))
        {
            any = true;
            to.Handle(now, buffer.AsSpan(0, length));
        }

        return any;
    }

    private static int Take(SctpAssociation association)
    {
        int messages = 0;
        while (association.TryPollEvent(out SctpEvent e))
            messages += e.Kind == SctpEventKind.Message ? 1 : 0;
        return messages;
    }
}
