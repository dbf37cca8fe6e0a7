using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using AgentGateway.Net.Servers;
using AgentGateway.Rtc.Turn;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Net.Tests;

/// <summary>What STUN and TURN clients drop is a meter, by reason, and stays counted when a TURN client is gone.</summary>
public sealed class ServerDropsTests
{
    [Theory]
    [InlineData("stun")]
    [InlineData("turn")]
    public async Task What_a_server_sends_without_sense_is_counted_by_its_reason(string kind)
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)server.Client.LocalEndPoint!).Port;
        await using MediaTransport transport = MediaTransport.Start(
            new MediaTransportOptions
            {
                ListenAddress = IPAddress.Loopback,
                Ports = [0],
                StunServers = kind == "stun" ? [new StunServer("127.0.0.1", port)] : [],
                TurnServers = kind == "stun" ? [] : [new TurnServer { Host = "127.0.0.1", Port = port, UserName = "u", Password = "p" }],
            },
            TimeProvider.System,
            NullLoggerFactory.Instance);
        UdpReceiveResult request = await server.ReceiveAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(ConnectedPair.Limit, TestContext.Current.CancellationToken);

        // An answer cut off, and one to a request that nobody made.
        byte[] unknown = [1, kind == "stun" ? (byte)1 : (byte)3, 0, 0, 0x21, 0x12, 0xA4, 0x42, .. new byte[12]];
        await server.SendAsync(unknown.AsMemory(0, 12), request.RemoteEndPoint, TestContext.Current.CancellationToken);
        await server.SendAsync(unknown, request.RemoteEndPoint, TestContext.Current.CancellationToken);

        using var limit = new CancellationTokenSource(ConnectedPair.Limit);
        while (Read(transport, kind) is var drops && (drops.GetValueOrDefault("Malformed") < 1 || drops.GetValueOrDefault("UnknownTransaction") < 1))
            await Task.Delay(5, limit.Token);
    }

    [Fact]
    public void Counts_of_a_client_that_is_gone_stay()
    {
        var client = new TurnClient(new TurnClientOptions { UserName = "u", Password = "p" }, new SystemRandomSource());
        client.TryWrap(default, new byte[100], 10, default, out _);
        TurnDrops drops = TurnDrops.None.With(client.Statistics);
        Assert.Equal(1, drops.Count(TurnDropReason.NotAllocated));
        drops = drops.Without(client.Statistics);
        Assert.Empty(drops.Live);
        Assert.Equal((1, 0), (drops.Count(TurnDropReason.NotAllocated), drops.Count(TurnDropReason.Malformed)));
    }

    // Other tests' transports have meters of the same name: the sum over them is what a reader sees.
    private static ConcurrentDictionary<string, long> Read(MediaTransport transport, string kind)
    {
        var counts = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == MediaTransport.MeterName && instrument.Name == $"agentgateway.net.{kind}.drops")
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            foreach (KeyValuePair<string, object?> tag in tags)
                counts.AddOrUpdate($"{tag.Value}", value, (_, sum) => sum + value);
        });
        listener.Start();
        listener.RecordObservableInstruments();
        GC.KeepAlive(transport);
        return counts;
    }
}
