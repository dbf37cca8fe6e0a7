using System.Net;
using System.Net.Sockets;
using AgentGateway.Rtc.Peer;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Net.Tests;

/// <summary>Callers behind networks that let only TCP pass, and strangers who find the port.</summary>
public sealed class IceTcpTests
{
    private static readonly TimeSpan Limit = ConnectedPair.Limit;
    private static readonly byte[] Packet = [0xF8, 1, 2, 3, 4];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_call_over_one_tcp_connection_carries_audio_both_ways_and_ends_with_it(bool lite)
    {
        await using MediaTransport transport = Start(lite: lite);
        var handler = new Recorder { EchoAudio = true };
        using var caller = new TcpCaller();
        await caller.CallAsync(transport, handler);
        await caller.RunUntilAsync(() => caller.Peer.State == RtcPeerState.Connected);
        await handler.Connected.Task.WaitAsync(Limit);

        for (int i = 0; i < 50; i++)
        {
            caller.Send(Packet, i * 960);
            await caller.RunUntilAsync(() => caller.Audio.Count > i);
        }

        Assert.All(caller.Audio, packet => Assert.Equal(Packet, packet));
        Task closing = transport.DisposeAsync().AsTask();
        await caller.RunUntilAsync(() => caller.Peer.State == RtcPeerState.Closed);
        await closing;
    }

    [Fact]
    public async Task Who_names_no_call_is_closed_at_once()
    {
        await using MediaTransport transport = Start(handshake: TimeSpan.FromMinutes(1));
        using Socket stranger = await ConnectAsync(transport);
        await stranger.SendAsync("GET / HTTP/1.1\r\nHost: gateway\r\n\r\n"u8.ToArray());
        await AssertClosedAsync(stranger);

        using Socket other = await ConnectAsync(transport);
        await other.SendAsync(new byte[] { 0, 20, 0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 });
        await AssertClosedAsync(other);
    }

    [Fact]
    public async Task Who_says_nothing_or_dribbles_is_closed_in_time()
    {
        await using MediaTransport transport = Start(handshake: TimeSpan.FromMilliseconds(300));
        using Socket silent = await ConnectAsync(transport);
        using Socket slow = await ConnectAsync(transport);
        await slow.SendAsync(new byte[] { 0, 100, 0, 1 });
        await AssertClosedAsync(silent);
        await AssertClosedAsync(slow);
    }

    [Fact]
    public async Task Connections_are_bounded_and_their_places_come_back()
    {
        await using MediaTransport transport = Start(connections: 2, handshake: TimeSpan.FromMinutes(1));
        using Socket first = await ConnectAsync(transport);
        using Socket second = await ConnectAsync(transport);
        using Socket third = await ConnectAsync(transport);
        await AssertClosedAsync(third);
        first.Dispose();
        second.Dispose();

        // The two places are free once the gateway has noticed; until then a newcomer is closed too.
        var handler = new Recorder();
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            using var caller = new TcpCaller();
            try
            {
                await caller.CallAsync(transport, handler);
                await caller.RunUntilAsync(() => caller.Peer.State == RtcPeerState.Connected);
                break;
            }
            catch (Exception e) when (e is SocketException or Xunit.Sdk.TrueException && !limit.IsCancellationRequested)
            {
                // Refused: the places are not free yet.
            }
        }
    }

    [Fact]
    public async Task A_taken_port_is_an_error_with_its_name()
    {
        await using MediaTransport transport = Start();
        int taken = transport.TcpEndPoints[0].Port;
        MediaTransportException e = Assert.Throws<MediaTransportException>(() => Start(port: taken));
        Assert.Contains("Media:TcpPorts", e.Message, StringComparison.Ordinal);
    }

    private static MediaTransport Start(int connections = 100, TimeSpan? handshake = null, bool lite = true, int port = 0) => MediaTransport.Start(
        new MediaTransportOptions
        {
            ListenAddress = IPAddress.Loopback,
            Ports = [0],
            TcpPorts = [port],
            IceLite = lite,
            MaxTcpConnections = connections,
            TcpHandshakeTimeout = handshake ?? TimeSpan.FromSeconds(5),
        },
        TimeProvider.System,
        NullLoggerFactory.Instance);

    private static async Task<Socket> ConnectAsync(MediaTransport transport)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(transport.TcpEndPoints[0]);
        return socket;
    }

    private static async Task AssertClosedAsync(Socket socket)
    {
        try
        {
            Assert.Equal(0, await socket.ReceiveAsync(new byte[16]).WaitAsync(Limit));
        }
        catch (SocketException e)
        {
            Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
        }
    }
}
