using System.Net;
using System.Net.Sockets;
using System.Text;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Sctp;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Net.Tests;

public sealed class MediaTransportTests
{
    private static readonly byte[] Packet = [0xF8, 1, 2, 3, 4];

    [Fact]
    public async Task Audio_goes_both_ways_over_real_sockets()
    {
        await using MediaTransport caller = Loopback.StartCaller();
        await using MediaTransport callee = Loopback.Start();
        ConnectedPair pair = await ConnectedPair.CreateAsync(caller, callee, new Recorder { EchoAudio = true });

        Assert.True(pair.Caller.TryPost((now, peer) => Assert.Equal(RtcSendResult.Ok, peer.SendAudio(now, Packet, 0, true))));

        Assert.Equal(Packet, await pair.CalleeSide.Audio.Task.WaitAsync(ConnectedPair.Limit));
        Assert.Equal(Packet, await pair.CallerSide.Audio.Task.WaitAsync(ConnectedPair.Limit));
    }

    [Fact]
    public async Task A_restart_of_ice_is_routed_and_the_call_goes_on()
    {
        await using MediaTransport caller = Loopback.StartCaller();
        await using MediaTransport callee = Loopback.Start();
        ConnectedPair pair = await ConnectedPair.CreateAsync(caller, callee);
        string before = await pair.Callee.InvokeAsync((_, peer) => peer.IceUfrag);

        string offer = await pair.Caller.InvokeAsync((now, peer) => peer.CreateOffer(now, restartIce: true));
        SdpResult answer = await pair.Callee.InvokeAsync((now, peer) => peer.AcceptOffer(now, offer));
        SdpResult applied = await pair.Caller.InvokeAsync((now, peer) => peer.AcceptAnswer(now, answer.Answer!));
        Assert.True(applied.IsSuccess, applied.Message);

        // Only checks that name the new ufrag end the restart, so they must have found their way.
        await ConnectedPair.UntilAsync(pair.Caller, peer => !peer.IsRestartingIce);
        await ConnectedPair.UntilAsync(pair.Callee, peer => !peer.IsRestartingIce);
        Assert.NotEqual(before, await pair.Callee.InvokeAsync((_, peer) => peer.IceUfrag));
        Assert.Equal(before, await pair.Callee.InvokeAsync((_, peer) => peer.PreviousIceUfrag));
        pair.Caller.TryPost((now, peer) => peer.SendAudio(now, Packet, 0, true));
        Assert.Equal(Packet, await pair.CalleeSide.Audio.Task.WaitAsync(ConnectedPair.Limit));
    }

    [Fact]
    public async Task A_data_channel_opened_by_the_caller_carries_text()
    {
        await using MediaTransport caller = Loopback.StartCaller();
        await using MediaTransport callee = Loopback.Start();
        ConnectedPair pair = await ConnectedPair.CreateAsync(caller, callee);

        ushort channel = await pair.Caller.InvokeAsync((now, peer) => peer.OpenChannel(now, new DataChannelOptions { Label = "events" }));
        pair.Caller.TryPost((now, peer) => peer.SendMessage(now, channel, Encoding.UTF8.GetBytes("hello"), isText: true));

        Assert.Equal(channel, await pair.CalleeSide.ChannelOpened.Task.WaitAsync(ConnectedPair.Limit));
        Assert.Equal("hello", await pair.CalleeSide.Message.Task.WaitAsync(ConnectedPair.Limit));
    }

    [Fact]
    public async Task Closing_one_side_ends_the_other_with_a_goodbye()
    {
        await using MediaTransport caller = Loopback.StartCaller();
        await using MediaTransport callee = Loopback.Start();
        ConnectedPair pair = await ConnectedPair.CreateAsync(caller, callee);

        pair.Caller.Close();

        Assert.Equal(RtcCloseReason.LocalClose, await pair.Caller.Closed.WaitAsync(ConnectedPair.Limit));
        Assert.Equal(RtcCloseReason.RemoteClose, await pair.Callee.Closed.WaitAsync(ConnectedPair.Limit));
        Assert.Equal(0, caller.ConnectionCount + callee.ConnectionCount);
    }

    [Fact]
    public async Task A_defect_in_one_call_closes_that_call_alone()
    {
        await using MediaTransport caller = Loopback.StartCaller();
        await using MediaTransport callee = Loopback.Start();
        ConnectedPair broken = await ConnectedPair.CreateAsync(caller, callee, new Recorder { ThrowOnAudio = true });
        ConnectedPair healthy = await ConnectedPair.CreateAsync(caller, callee);

        broken.Caller.TryPost((now, peer) => peer.SendAudio(now, Packet, 0, true));
        Assert.Equal(RtcCloseReason.InternalError, await broken.Callee.Closed.WaitAsync(ConnectedPair.Limit));

        healthy.Caller.TryPost((now, peer) => peer.SendAudio(now, Packet, 0, true));
        Assert.Equal(Packet, await healthy.CalleeSide.Audio.Task.WaitAsync(ConnectedPair.Limit));
    }

    [Fact]
    public async Task Many_calls_share_one_port()
    {
        await using MediaTransport caller = Loopback.StartCaller();
        await using MediaTransport callee = Loopback.Start();
        ConnectedPair[] pairs = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ConnectedPair.CreateAsync(caller, callee)));

        foreach (ConnectedPair pair in pairs)
            pair.Caller.TryPost((now, peer) => peer.SendAudio(now, Packet, 0, true));

        await Task.WhenAll(pairs.Select(p => p.CalleeSide.Audio.Task)).WaitAsync(ConnectedPair.Limit);
        Assert.Single(callee.LocalEndPoints);
        Assert.Equal(20, callee.ConnectionCount);
    }

    [Fact]
    public async Task An_offer_beyond_the_limit_is_overload()
    {
        await using MediaTransport caller = Loopback.StartCaller();
        await using MediaTransport callee = Loopback.Start(maxConnections: 1);
        RtcAcceptResult first = await caller.OfferAsync(new Recorder());
        RtcAcceptResult second = await caller.OfferAsync(new Recorder());
        Assert.NotNull((await callee.AcceptAsync(first.Sdp!, new Recorder())).Connection);

        RtcAcceptResult refused = await callee.AcceptAsync(second.Sdp!, new Recorder());

        Assert.Null(refused.Connection);
        Assert.Null(refused.Refusal);
    }

    [Fact]
    public async Task An_answered_offer_that_never_connects_is_given_up()
    {
        await using MediaTransport caller = Loopback.StartCaller();
        await using MediaTransport callee = Loopback.Start(connectTimeout: TimeSpan.FromMilliseconds(200));
        RtcAcceptResult offer = await caller.OfferAsync(new Recorder());

        RtcAcceptResult accepted = await callee.AcceptAsync(offer.Sdp!, new Recorder());

        Assert.Equal(RtcCloseReason.ConnectTimeout, await accepted.Connection!.Closed.WaitAsync(ConnectedPair.Limit));
    }

    [Fact]
    public async Task Garbage_and_strangers_do_not_disturb_a_call()
    {
        await using MediaTransport caller = Loopback.StartCaller();
        await using MediaTransport callee = Loopback.Start();
        ConnectedPair pair = await ConnectedPair.CreateAsync(caller, callee);
        var random = new Random(4711);
        using var stranger = new UdpClient();
        for (int i = 0; i < 5_000; i++)
        {
            byte[] datagram = new byte[random.Next(0, 1600)];
            random.NextBytes(datagram);
            await stranger.SendAsync(datagram, callee.LocalEndPoints[0]);
        }

        // As a caller does, one packet after the other: the system may drop what finds its buffer full of garbage.
        using var limit = new CancellationTokenSource(ConnectedPair.Limit);
        using var frames = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (int i = 0; !pair.CalleeSide.Audio.Task.IsCompleted; i++)
        {
            int timestamp = i * 960;
            pair.Caller.TryPost((now, peer) => peer.SendAudio(now, Packet, timestamp, timestamp == 0));
            await frames.WaitForNextTickAsync(limit.Token);
        }

        Assert.Equal(Packet, await pair.CalleeSide.Audio.Task);
    }

    [Fact]
    public void A_port_in_use_is_named()
    {
        using var taken = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)taken.Client.LocalEndPoint!).Port;
        var options = new MediaTransportOptions { ListenAddress = IPAddress.Loopback, Ports = [port] };

        var e = Assert.Throws<MediaTransportException>(() => MediaTransport.Start(options, TimeProvider.System, NullLoggerFactory.Instance));

        Assert.Contains($"UDP port {port} is in use", e.Message);
    }

    [Fact]
    public async Task A_wildcard_socket_offers_every_interface_and_loopback_last()
    {
        await using MediaTransport transport = MediaTransport.Start(new MediaTransportOptions { Ports = [0] }, TimeProvider.System, NullLoggerFactory.Instance);
        RtcAcceptResult offer = await transport.OfferAsync(new Recorder());

        // Every section repeats the candidates.
        string[] addresses = [.. offer.Sdp!.Split("m=")[1].Split("\r\n").Where(l => l.StartsWith("a=candidate:", StringComparison.Ordinal)).Select(l => l.Split(' ')[4])];

        Assert.NotEmpty(addresses);
        int firstLoopback = Array.FindIndex(addresses, a => IPAddress.IsLoopback(IPAddress.Parse(a)));
        Assert.True(firstLoopback >= 0);
        Assert.All(addresses[firstLoopback..].Distinct(), a => Assert.True(IPAddress.IsLoopback(IPAddress.Parse(a)), string.Join(' ', addresses)));
    }

    [Fact]
    public async Task A_wildcard_socket_answers_on_loopback_too()
    {
        await using MediaTransport caller = Loopback.StartCaller();
        await using MediaTransport callee = MediaTransport.Start(
            new MediaTransportOptions { Ports = [0], AdvertisedAddresses = [IPAddress.Loopback] }, TimeProvider.System, NullLoggerFactory.Instance);

        ConnectedPair pair = await ConnectedPair.CreateAsync(caller, callee);

        Assert.Equal(1, callee.ConnectionCount);
        pair.Caller.Close();
    }

    [Fact]
    public async Task Stopping_the_transport_says_goodbye_to_every_call()
    {
        await using MediaTransport caller = Loopback.StartCaller();
        MediaTransport callee = Loopback.Start();
        ConnectedPair pair = await ConnectedPair.CreateAsync(caller, callee);

        await callee.DisposeAsync();

        Assert.Equal(RtcCloseReason.Shutdown, await pair.Callee.Closed.WaitAsync(ConnectedPair.Limit));
        Assert.Equal(RtcCloseReason.RemoteClose, await pair.Caller.Closed.WaitAsync(ConnectedPair.Limit));
    }
}
