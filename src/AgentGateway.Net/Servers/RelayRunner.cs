using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using AgentGateway.Net.Streams;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Turn;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Net.Servers;

/// <summary>Keeps one shard's allocation on one TURN server: resolves, connects, allocates, and begins again when it is lost.</summary>
internal sealed partial class RelayRunner(TurnServer server, ushort preference, MediaShard shard, IRandomSource random, ILogger logger)
{
    private const int MaxRedirections = 3;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MinDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(1);

    private readonly TaskCompletionSource _tried = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the first allocation or the first failure.</summary>
    internal Task Tried => _tried.Task;

    /// <summary>Runs until it is cancelled. Never throws.</summary>
    internal async Task RunAsync(CancellationToken stop)
    {
        await KeepAsync(stop);
        _tried.TrySetResult();
    }

    private async Task KeepAsync(CancellationToken stop)
    {
        TimeSpan delay = MinDelay;
        TransportAddress? alternate = null;
        int redirections = 0;
        while (!stop.IsCancellationRequested)
        {
            (TurnEvent end, bool wasAllocated, string? problem) = await AttemptAsync(alternate, stop);
            if (stop.IsCancellationRequested || end.Kind == TurnEventKind.Closed)
                return;
            if (wasAllocated)
            {
                delay = MinDelay;
                redirections = 0;
            }

            if (end.Failure == TurnFailure.TryAlternate && end.AlternateServer.Port != 0 && ++redirections <= MaxRedirections)
            {
                alternate = end.AlternateServer;
                continue;
            }

            alternate = null;
            redirections = 0;
            LogFailed(logger, server.Host, server.Port, server.Transport, problem ?? Describe(end), delay.TotalSeconds);
            _tried.TrySetResult();
            try
            {
                await Task.Delay(delay, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            delay = delay * 2 < MaxDelay ? delay * 2 : MaxDelay;
        }
    }

    private static string Describe(in TurnEvent end) => end.ErrorCode == 0 ? end.Failure.ToString() : $"{end.Failure} ({end.ErrorCode})";

    private async Task<(TurnEvent End, bool WasAllocated, string? Problem)> AttemptAsync(TransportAddress? alternate, CancellationToken stop)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(ConnectTimeout);
            if (server.Transport == TurnTransport.Udp)
            {
                TransportAddress address = alternate ?? await ServerAddress.ResolveAsync(server.Host, server.Port, shard.LocalEndPoint.AddressFamily, limit.Token);
                return await UseAsync(new RelayLink(CreateClient(), address, null, preference), stop);
            }

            using Socket socket = await ConnectAsync(alternate, limit.Token);
            Stream connected = new NetworkStream(socket, ownsSocket: true);
            if (server.Transport == TurnTransport.Tls)
                connected = await SecureAsync(connected, limit.Token);
            TransportAddress remote = TransportAddress.From((IPEndPoint)socket.RemoteEndPoint!);
            var path = new DatagramPath(TransportAddress.From((IPEndPoint)socket.LocalEndPoint!), remote) { Transport = PathTransport.Tcp };
            using var stream = new FrameStream(connected, path, new FrameStreamOptions { Format = FrameFormat.Stun }, shard.FramesReady);
            return await UseAsync(new RelayLink(CreateClient(), remote, stream, preference), stop);
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException or OperationCanceledException)
        {
            return (default, false, e is OperationCanceledException ? "no connection within 10 s" : e.Message);
        }
    }

    /// <summary>Has the shard use the link until it ends; when we stop, the shard gives the allocation back with its own end.</summary>
    private async Task<(TurnEvent End, bool WasAllocated, string? Problem)> UseAsync(RelayLink link, CancellationToken stop)
    {
        Task running = link.Stream?.RunAsync() ?? Task.Delay(Timeout.Infinite, stop);
        if (!shard.TryPost(now => shard.Links.Add(now, link)))
        {
            link.Stream?.Close();
            return (default, false, "the media shard takes no more commands");
        }

        _ = await Task.WhenAny(link.Allocated, link.Ended, running);
        if (link.Allocated.IsCompleted)
        {
            LogAllocated(logger, server.Host, server.Port, server.Transport);
            _tried.TrySetResult();
        }

        _ = await Task.WhenAny(link.Ended, running);
        TurnEvent end = link.Ended.IsCompleted ? await link.Ended : default;
        bool lostStream = !link.Ended.IsCompleted && !stop.IsCancellationRequested;
        shard.PostAlways(now => shard.Links.Remove(now, link));
        if (link.Stream is not null)
        {
            link.Stream.CloseAfterSending();
            await running;
        }

        return (end, link.Allocated.IsCompleted, lostStream ? "the connection was closed" : null);
    }

    private TurnClient CreateClient() => new(
        new TurnClientOptions
        {
            UserName = server.UserName,
            Password = server.Password,
            IsStream = server.Transport != TurnTransport.Udp,
            Family = server.Family,
        },
        random);

    private async Task<Socket> ConnectAsync(TransportAddress? alternate, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (alternate is { } other)
                await socket.ConnectAsync(other.ToIPEndPoint(), cancellation);
            else
                await socket.ConnectAsync(server.Host, server.Port, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<SslStream> SecureAsync(Stream stream, CancellationToken cancellation)
    {
        var secure = new SslStream(stream);
        try
        {
            var options = new SslClientAuthenticationOptions { TargetHost = server.Host };
            if (server.TrustedRoots.Count > 0)
            {
                options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                options.CertificateChainPolicy.CustomTrustStore.AddRange(server.TrustedRoots.ToArray());
            }

            await secure.AuthenticateAsClientAsync(options, cancellation);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    [LoggerMessage(4030, LogLevel.Information, "TURN server {Host}:{Port} over {Transport} relays for us")]
    private static partial void LogAllocated(ILogger logger, string host, int port, TurnTransport transport);

    [LoggerMessage(4031, LogLevel.Warning, "TURN server {Host}:{Port} over {Transport} does not relay: {Problem}; next try in {Delay} s")]
    private static partial void LogFailed(ILogger logger, string host, int port, TurnTransport transport, string problem, double delay);
}
