using System.Net;
using AgentGateway.Net;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;

namespace AgentGateway.LoadTest;

/// <summary>
/// One call of the tool with itself before anything is measured, so that the tool's own compilation is not charged to the
/// server's set-up times. The server under test does not take part and meets its first call cold.
/// </summary>
internal static class WarmUp
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(1.5);

    internal static async Task RunAsync(OpusLoop loop, CancellationToken cancellationToken)
    {
        await using MediaTransport callers = EchoLoad.Start(4);
        await using MediaTransport server = MediaTransport.Start(
            new MediaTransportOptions { Ports = [0], AdvertisedAddresses = [IPAddress.Loopback] }, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        using var listener = new HttpListener();
        string prefix = $"http://127.0.0.1:{FreePort()}/";
        listener.Prefixes.Add(prefix);
        listener.Start();
        Task serving = ServeAsync(listener, server);
        using var http = new HttpClient();
        var warm = new List<EchoCaller>();
        for (int i = 0; i < 2; i++)
        {
            var caller = new EchoCaller(loop, 0, 100);
            await caller.ConnectAsync(callers, http, new Uri(prefix), cancellationToken);
            caller.Measure(true);
            warm.Add(caller);
        }

        await Task.Delay(Duration, cancellationToken);
        await Task.WhenAll(warm.Select(c => c.HangUpAsync(http, cancellationToken)));
        listener.Stop();
        await serving;
    }

    private static async Task ServeAsync(HttpListener listener, MediaTransport server)
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using HttpListenerResponse response = context.Response;
            if (context.Request.HttpMethod != "POST")
                continue;
            using var reader = new StreamReader(context.Request.InputStream);
            RtcAcceptResult result = await server.AcceptAsync(await reader.ReadToEndAsync(), new Returner());
            response.StatusCode = 201;
            response.ContentType = "application/sdp";
            response.Headers["Location"] = "/session";
            await using var writer = new StreamWriter(response.OutputStream);
            await writer.WriteAsync(result.Sdp);
        }
    }

    private static int FreePort()
    {
        using var socket = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    /// <summary>Returns packets.</summary>
    private sealed class Returner : IRtcConnectionHandler
    {
        public Instant? NextTimeout => null;

        public void HandleEvent(Instant now, RtcConnection connection, in RtcPeerEvent e)
        {
            if (e.Kind == RtcPeerEventKind.AudioReceived)
                connection.Peer.SendAudio(now, e.Payload.Span, e.Timestamp, e.Marker);
        }

        public void HandleTimeout(Instant now, RtcConnection connection)
        {
        }

        public void HandleClosed(Instant now, RtcConnection connection, RtcCloseReason reason)
        {
        }
    }
}
