using System.Collections.Concurrent;
using System.Net;
using System.Text;
using AgentGateway.Interop.Support;
using AgentGateway.Net;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Rtc.Turn;
using AgentGateway.Testing.Calls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Interop;

/// <summary>Our TURN and STUN clients against coturn: two of our transports that may use nothing but its relays.</summary>
[Collection("real peers")]
public sealed class CoturnTests
{
    private static readonly TimeSpan Limit = Eventually.Limit;
    private static readonly byte[] Packet = [0xF8, 1, 2, 3, 4, 5, 6, 7];

    [Theory]
    [InlineData(TurnTransport.Udp, TurnTransport.Udp)]
    [InlineData(TurnTransport.Tcp, TurnTransport.Tcp)]
    [InlineData(TurnTransport.Tls, TurnTransport.Tls)]
    [InlineData(TurnTransport.Udp, TurnTransport.Tls)]
    public async Task A_call_over_two_relays_carries_audio_and_data_both_ways(TurnTransport callerTransport, TurnTransport calleeTransport)
    {
        await using Coturn coturn = await Coturn.StartAsync();
        await using MediaTransport caller = await StartAsync(coturn.Turn(callerTransport));
        await using MediaTransport callee = await StartAsync(coturn.Turn(calleeTransport));

        await using Call call = await Call.ConnectAsync(caller, callee);

        await call.AssertMediaAsync(100);
        await call.AssertMessagesAsync();
        DatagramPath path = await call.CallerSide.Connection.InvokeAsync((_, peer) => peer.SelectedPath!.Value);
        Assert.Contains($" {path.Local.Port} typ relay", Assert.Single(caller.GatheredCandidates, c => c.Contains("typ relay", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains($" {path.Remote.Port} typ relay", Assert.Single(callee.GatheredCandidates, c => c.Contains("typ relay", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TurnTransport.Udp, TurnTransport.Udp)]
    [InlineData(TurnTransport.Udp, TurnTransport.Tcp)]
    public async Task A_call_over_two_relays_of_IPv6_carries_audio_and_data_both_ways(TurnTransport callerTransport, TurnTransport calleeTransport)
    {
        await using Coturn coturn = await Coturn.StartAsync(IPAddress.IPv6Loopback);
        await using MediaTransport caller = await StartAsync(coturn.Turn(callerTransport) with { Family = TurnAddressFamily.IPv6 }, listen: IPAddress.IPv6Any);
        await using MediaTransport callee = await StartAsync(coturn.Turn(calleeTransport) with { Family = TurnAddressFamily.IPv6 }, listen: IPAddress.IPv6Any);
        Assert.Contains(caller.GatheredCandidates, c => c.Contains(" ::1 ", StringComparison.Ordinal) && c.Contains("typ relay", StringComparison.Ordinal));

        await using Call call = await Call.ConnectAsync(caller, callee);

        await call.AssertMediaAsync(100);
        await call.AssertMessagesAsync();
        DatagramPath path = await call.CallerSide.Connection.InvokeAsync((_, peer) => peer.SelectedPath!.Value);
        Assert.Equal((IPAddress.IPv6Loopback, IPAddress.IPv6Loopback), (path.Local.Address, path.Remote.Address));
    }

    [Fact]
    public async Task A_server_without_the_family_asked_for_says_so_in_the_log()
    {
        await using Coturn coturn = await Coturn.StartAsync();
        var log = new ConcurrentQueue<string>();
        await using MediaTransport transport = await StartAsync(coturn.Turn(TurnTransport.Udp) with { Family = TurnAddressFamily.IPv6 }, log);
        Assert.Empty(transport.GatheredCandidates);
        await LoggedAsync("AddressFamilyNotSupported (440)", log, coturn);
    }

    [Fact]
    public async Task A_call_outlives_stale_nonces_and_short_allocations()
    {
        await using Coturn coturn = await Coturn.StartAsync("--stale-nonce=2", "--max-allocate-lifetime=8");
        await using MediaTransport caller = await StartAsync(coturn.Turn(TurnTransport.Udp));
        await using MediaTransport callee = await StartAsync(coturn.Turn(TurnTransport.Tcp));
        await using Call call = await Call.ConnectAsync(caller, callee);

        // 700 packets are 14 s: the allocations would have ended at 8 s.
        await call.AssertMediaAsync(700);
        await Eventually.TrueAsync(() => Task.FromResult(coturn.Log.Contains("Stale", StringComparison.OrdinalIgnoreCase)), () => coturn.Log);
    }

    [Fact]
    public async Task The_transport_gives_its_allocation_back()
    {
        await using Coturn coturn = await Coturn.StartAsync();
        foreach (TurnTransport transport in Enum.GetValues<TurnTransport>())
        {
            await using (MediaTransport media = await StartAsync(coturn.Turn(transport)))
                Assert.NotEmpty(media.GatheredCandidates);
            int expected = (int)transport + 1;
            await Eventually.TrueAsync(() => Task.FromResult(coturn.Log.Split("lifetime=0").Length - 1 == expected), Limit, () => coturn.Log);
        }
    }

    [Fact]
    public async Task Refusals_stand_in_the_log_by_their_name()
    {
        await using Coturn coturn = await Coturn.StartAsync("--user-quota=1");
        var log = new ConcurrentQueue<string>();
        await using MediaTransport first = await StartAsync(coturn.Turn(TurnTransport.Udp));
        await using MediaTransport second = await StartAsync(coturn.Turn(TurnTransport.Udp), log);
        Assert.Empty(second.GatheredCandidates);
        await LoggedAsync("QuotaReached (486)", log, coturn);

        await using MediaTransport third = await StartAsync(coturn.Turn(TurnTransport.Tls, password: "wrong"), log);
        await LoggedAsync("Unauthorized (401)", log, coturn);

        await using MediaTransport fourth = await StartAsync(coturn.Turn(TurnTransport.Tls) with { TrustedRoots = [] }, log);
        await LoggedAsync("certificate", log, coturn);
    }

    [Fact]
    public async Task A_relay_lost_with_its_server_is_found_again()
    {
        var log = new ConcurrentQueue<string>();
        Coturn coturn = await Coturn.StartAsync();
        TurnServer server = coturn.Turn(TurnTransport.Tcp);
        await using MediaTransport transport = await StartAsync(server, log);
        Assert.NotEmpty(transport.GatheredCandidates);
        await coturn.DisposeAsync();
        await Eventually.TrueAsync(() => Task.FromResult(transport.GatheredCandidates.Count == 0), Limit, () => string.Join('\n', log));
        await LoggedAsync("the connection was closed", log, coturn);
    }

    // The log may be written by another thread than the one that does what it tells.
    private static Task LoggedAsync(string text, ConcurrentQueue<string> log, Coturn coturn) => Eventually.TrueAsync(
        () => Task.FromResult(log.Any(l => l.Contains(text, StringComparison.OrdinalIgnoreCase))), () => string.Join('\n', log) + coturn.Log);

    private static async Task<MediaTransport> StartAsync(TurnServer server, ConcurrentQueue<string>? log = null, IPAddress? listen = null)
    {
        MediaTransport transport = MediaTransport.Start(
            new MediaTransportOptions { ListenAddress = listen ?? IPAddress.Any, Ports = [0], TurnServers = [server], RelayOnly = true },
            TimeProvider.System,
            log is null ? NullLoggerFactory.Instance : new LoggerFactory([new QueueLoggerProvider(log)]));
        await transport.Gathered.WaitAsync(Limit);
        return transport;
    }

    /// <summary>Two of our callers who call each other.</summary>
    private sealed record Call(WebRtcCaller CallerSide, WebRtcCaller CalleeSide, RtcConnection Callee) : IAsyncDisposable
    {
        internal static async Task<Call> ConnectAsync(MediaTransport caller, MediaTransport callee)
        {
            var callerSide = new WebRtcCaller { Packet = Packet };
            var calleeSide = new WebRtcCaller { Packet = Packet };
            RtcAcceptResult? answer = null;
            await callerSide.CallAsync(caller, async offer =>
            {
                Assert.DoesNotContain("typ host", offer, StringComparison.Ordinal);
                answer = await callee.AcceptAsync(offer, calleeSide);
                Assert.DoesNotContain("typ host", answer.Sdp, StringComparison.Ordinal);
                return answer.Sdp!;
            });
            await callerSide.Connected;
            await calleeSide.Connected;
            return new Call(callerSide, calleeSide, answer!.Connection!);
        }

        internal Task AssertMediaAsync(int packets) => Eventually.TrueAsync(
            () => Task.FromResult(CallerSide.Received >= packets && CalleeSide.Received >= packets),
            TimeSpan.FromMilliseconds(packets * 20) + Limit,
            () => $"{CallerSide.Received} and {CalleeSide.Received} packets");

        internal async Task AssertMessagesAsync()
        {
            string large = new('x', 100_000);
            Assert.Equal(DataSendResult.Ok, await CallerSide.SendAsync(large));
            Assert.Equal(large, await CalleeSide.Messages.ReadAsync().AsTask().WaitAsync(Limit));
            DataSendResult sent = await Callee.InvokeAsync((now, peer) => peer.SendMessage(now, 0, Encoding.UTF8.GetBytes(large), isText: true));
            if (sent == DataSendResult.ClosedChannel)
                sent = await Callee.InvokeAsync((now, peer) => peer.SendMessage(now, 1, Encoding.UTF8.GetBytes(large), isText: true));
            Assert.Equal(DataSendResult.Ok, sent);
            Assert.Equal(large, await CallerSide.Messages.ReadAsync().AsTask().WaitAsync(Limit));
        }

        public async ValueTask DisposeAsync() => await CallerSide.HangUpAsync();
    }

    private sealed class QueueLoggerProvider(ConcurrentQueue<string> log) : ILoggerProvider, ILogger
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
