using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Net.Tests;

/// <summary>What keeps one call, or one stranger, from disturbing the others on its shard.</summary>
public sealed class ShardTests
{
    private static readonly byte[] Packet = [0xF8, 1, 2, 3, 4];

    [Fact]
    public async Task An_overloaded_shard_refuses_work_but_never_the_end_of_a_connection()
    {
        await using MediaTransport caller = Loopback.StartCaller();
        await using MediaTransport callee = Loopback.Start();
        ConnectedPair pair = await ConnectedPair.CreateAsync(caller, callee);
        using var gate = new ManualResetEventSlim();
        using var held = new ManualResetEventSlim();
        int ran = 0;
        pair.Callee.TryPost((_, _) =>
        {
            held.Set();
            gate.Wait();
        });
        held.Wait();

        int accepted = Enumerable.Range(0, 9000).Count(_ => pair.Callee.TryPost((_, _) => ran++));
        pair.Callee.Close();
        gate.Set();

        Assert.Equal(RtcCloseReason.LocalClose, await pair.Callee.Closed.WaitAsync(ConnectedPair.Limit));
        Assert.Equal(8192, accepted);
        Assert.Equal(accepted, ran);
    }

    [Fact]
    public async Task A_connection_that_posts_without_end_does_not_keep_others_from_their_media()
    {
        await using MediaTransport caller = Loopback.StartCaller();
        await using MediaTransport callee = Loopback.Start();
        ConnectedPair greedy = await ConnectedPair.CreateAsync(caller, callee);
        ConnectedPair other = await ConnectedPair.CreateAsync(caller, callee);
        bool over = false;
        void PostAgain() => greedy.Callee.TryPost((_, _) =>
        {
            if (!over)
                PostAgain();
        });
        PostAgain();

        other.Caller.TryPost((now, peer) => peer.SendAudio(now, Packet, 0, true));

        Assert.Equal(Packet, await other.CalleeSide.Audio.Task.WaitAsync(ConnectedPair.Limit));
        over = true;
    }

    [Fact]
    public async Task A_handler_whose_deadline_stays_in_the_past_does_not_stop_the_loop()
    {
        await using MediaTransport caller = Loopback.StartCaller();
        await using MediaTransport callee = Loopback.Start();
        await ConnectedPair.CreateAsync(caller, callee, new Recorder { IsImpatient = true });
        ConnectedPair other = await ConnectedPair.CreateAsync(caller, callee);

        other.Caller.TryPost((now, peer) => peer.SendAudio(now, Packet, 0, true));

        Assert.Equal(Packet, await other.CalleeSide.Audio.Task.WaitAsync(ConnectedPair.Limit));
    }

    [Fact]
    public async Task A_handler_that_fails_at_the_end_still_ends()
    {
        await using MediaTransport caller = Loopback.StartCaller();
        await using MediaTransport callee = Loopback.Start(maxConnections: 1);
        ConnectedPair pair = await ConnectedPair.CreateAsync(caller, callee, new Recorder { ThrowOnClosed = true });
        Assert.False(callee.HasRoom);

        pair.Callee.Close();

        Assert.Equal(RtcCloseReason.LocalClose, await pair.Callee.Closed.WaitAsync(ConnectedPair.Limit));
        Assert.True(callee.HasRoom);
    }

    [Fact]
    public async Task Offers_at_the_same_time_cannot_exceed_the_limit()
    {
        await using MediaTransport caller = Loopback.StartCaller();
        await using MediaTransport callee = Loopback.Start(maxConnections: 3);
        RtcAcceptResult[] offers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => caller.OfferAsync(new Recorder())));

        RtcAcceptResult[] answers = await Task.WhenAll(offers.Select(o => Task.Run(() => callee.AcceptAsync(o.Sdp!, new Recorder()))));

        Assert.Equal(3, answers.Count(a => a.Connection is not null));
        Assert.Equal(3, callee.ConnectionCount);
    }

    [Fact]
    public async Task After_the_stop_offers_are_refused_and_nobody_waits()
    {
        await using MediaTransport caller = Loopback.StartCaller();
        MediaTransport callee = Loopback.Start();
        ConnectedPair pair = await ConnectedPair.CreateAsync(caller, callee);
        RtcAcceptResult[] offers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => caller.OfferAsync(new Recorder())));

        Task<RtcAcceptResult>[] racing = [.. offers.Select(o => Task.Run(() => callee.AcceptAsync(o.Sdp!, new Recorder())))];
        await callee.DisposeAsync();

        foreach (RtcAcceptResult result in await Task.WhenAll(racing).WaitAsync(ConnectedPair.Limit))
        {
            if (result.Connection is { } connection)
                await connection.Closed.WaitAsync(ConnectedPair.Limit);
        }

        Assert.Null((await callee.AcceptAsync(offers[0].Sdp!, new Recorder())).Connection);
        pair.Callee.Close();
        await Assert.ThrowsAsync<InvalidOperationException>(() => pair.Callee.InvokeAsync((_, _) => 0));
    }

    [Fact]
    public async Task What_strangers_sent_stands_in_the_log()
    {
        var log = new ConcurrentQueue<string>();
        using var loggers = new LoggerFactory([new QueueLogger(log)]);
        MediaTransport callee = Loopback.Start(loggers: loggers);
        using var stranger = new UdpClient();
        for (int i = 0; i < 300; i++)
            await stranger.SendAsync(new byte[100], callee.LocalEndPoints[0]);
        for (int i = 0; i < 10; i++)
            await stranger.SendAsync(new byte[4000], callee.LocalEndPoints[0]);

        // Its answer comes after all that.
        await callee.AcceptAsync("", new Recorder());
        await using (MediaTransport caller = Loopback.StartCaller())
            await ConnectedPair.CreateAsync(caller, callee);
        await callee.DisposeAsync();

        string line = Assert.Single(log, l => l.Contains("Media on UDP", StringComparison.Ordinal));
        Assert.Contains(" 300 of no call, 10 unusable, 0 refused by the system", line, StringComparison.Ordinal);
    }

    private sealed class QueueLogger(ConcurrentQueue<string> log) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
