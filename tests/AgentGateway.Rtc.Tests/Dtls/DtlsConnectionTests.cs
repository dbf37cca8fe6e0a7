using AgentGateway.Rtc.Dtls;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Dtls;

public sealed class DtlsConnectionTests
{
    [Fact]
    public void Application_data_goes_one_record_per_datagram_both_ways()
    {
        using var link = new DtlsLink();
        link.Connect();
        byte[] large = new byte[link.Client.MaxApplicationDataLength];
        large.AsSpan().Fill(7);
        long before = link.Client.Statistics.DatagramsSent;
        Assert.True(link.Client.TrySendApplicationData("one"u8));
        Assert.True(link.Client.TrySendApplicationData(large));
        Assert.True(link.Server.TrySendApplicationData("two"u8));
        Assert.False(link.Client.TrySendApplicationData(new byte[large.Length + 1]));
        Assert.False(link.Client.TrySendApplicationData([]));
        link.Drain();
        link.Run(20);
        Assert.Equal(["one"u8.ToArray(), large], link.ServerData);
        Assert.Equal(["two"u8.ToArray()], link.ClientData);
        Assert.Equal(2, link.Client.Statistics.DatagramsSent - before);
    }

    [Fact]
    public void Application_data_that_overtakes_the_last_flight_is_not_lost()
    {
        using var link = new DtlsLink();
        // The server's last flight comes 15 ms late, the data it sends right after does not.
        link.Impairment = (role, number, _) =>
            role == DtlsRole.Server && number == 1 ? [TimeSpan.FromMilliseconds(15)] : DtlsLink.OnTime;
        link.Start();
        link.RunUntil(() => link.Server.State == DtlsState.Connected, 100);
        Assert.True(link.Server.TrySendApplicationData("early"u8));
        link.Drain();
        link.Run(100);
        Assert.Equal(DtlsState.Connected, link.Client.State);
        Assert.Equal(["early"u8.ToArray()], link.ClientData);
    }

    [Fact]
    public void Replayed_and_forged_records_are_dropped_silently()
    {
        using var link = new DtlsLink();
        link.Connect();
        byte[]? wire = null;
        link.Impairment = (_, _, datagram) =>
        {
            wire = datagram;
            return DtlsLink.OnTime;
        };
        Assert.True(link.Client.TrySendApplicationData("once"u8));
        link.Drain();
        link.Run(20);
        byte[] forged = [.. wire!];
        forged[^1] ^= 1;
        forged[10] ^= 2;
        link.Inject(DtlsRole.Server, wire!);
        link.Inject(DtlsRole.Server, forged);
        link.Run(20);
        Assert.Equal(["once"u8.ToArray()], link.ServerData);
        Assert.Equal(DtlsState.Connected, link.Server.State);
        Assert.True(link.Client.TrySendApplicationData("again"u8));
        link.Drain();
        link.Run(20);
        Assert.Equal(2, link.ServerData.Count);
    }

    [Theory]
    [InlineData(DtlsRole.Client)]
    [InlineData(DtlsRole.Server)]
    public void Close_notify_tells_the_peer(DtlsRole closer)
    {
        using var link = new DtlsLink();
        link.Connect();
        (DtlsEndpoint closing, DtlsEndpoint other, List<DtlsEvent> events) = closer == DtlsRole.Client
            ? (link.Client, link.Server, link.ServerEvents)
            : (link.Server, link.Client, link.ClientEvents);
        closing.Close(link.Clock.Now);
        link.Drain();
        link.Run(50);
        Assert.Equal(new DtlsEvent(DtlsEventKind.Closed), events[^1]);
        Assert.Equal(DtlsState.Closed, closing.State);
        Assert.Equal(DtlsState.Closed, other.State);
        Assert.False(closing.TrySendApplicationData("late"u8));
        Assert.False(other.TrySendApplicationData("late"u8));
    }

    [Fact]
    public void Close_before_the_handshake_is_silent()
    {
        using var link = new DtlsLink();
        link.Start();
        link.Server.Close(link.Clock.Now);
        link.Client.Close(link.Clock.Now);
        link.Run(1000);
        Assert.Null(link.Client.NextTimeout);
        Assert.Empty(link.ServerEvents);
        Assert.Equal(0, link.Server.Statistics.DatagramsSent);
    }

    [Fact]
    public void A_queue_nobody_polls_is_bounded()
    {
        using var link = new DtlsLink();
        link.Connect();
        byte[] data = new byte[1000];
        int taken = 0;
        while (link.Client.TrySendApplicationData(data))
            Assert.InRange(++taken, 1, 1000);
        Assert.Equal(1, link.Client.Statistics.DroppedQueueFull);
        link.Drain();
        link.Run(100);
        Assert.Equal(taken, link.ServerData.Count);
    }

    [Fact]
    public void Application_data_allocates_nothing_once_the_queues_have_grown()
    {
        using var link = new DtlsLink();
        link.Connect();
        byte[] data = new byte[1000];
        byte[] buffer = new byte[1500];
        Run(100);
        Assert.Equal(0, Allocations.Least(() => Run(1000)));

        void Run(int count)
        {
            for (int i = 0; i < count; i++)
            {
                if (!link.Client.TrySendApplicationData(data) || !link.Client.TryPollTransmit(buffer, out int length))
                    throw new InvalidOperationException($"send {i}");
                link.Server.Handle(link.Clock.Now, buffer.AsSpan(0, length));
                if (!link.Server.TryPollApplicationData(buffer, out length) || length != data.Length)
                    throw new InvalidOperationException($"receive {i}");
            }
        }
    }

    [Fact]
    public void A_disposed_certificate_ends_no_connection()
    {
        var now = new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
        DtlsCertificate certificate = DtlsCertificate.Create("short-lived", now, now.AddDays(1));
        using var client = new DtlsEndpoint(certificate, DtlsRole.Client, [certificate.Fingerprint], new DtlsOptions());
        certificate.Dispose();
        client.Start(default);
        Assert.True(client.TryPollTransmit(new byte[1500], out int length));
        Assert.InRange(length, 100, 1200);
        Assert.Throws<ObjectDisposedException>(
            () => new DtlsEndpoint(certificate, DtlsRole.Client, [certificate.Fingerprint], new DtlsOptions()));
    }

    [Fact]
    public void The_library_says_its_version()
    {
        Assert.True(DtlsLibrary.TryLoad(out string? version, out string? error), error);
        Assert.StartsWith("OpenSSL 3", version, StringComparison.Ordinal);
    }
}
