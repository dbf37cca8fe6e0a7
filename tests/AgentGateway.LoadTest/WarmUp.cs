using System.Net;
using AgentGateway.Net;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using Microsoft.Extensions.Logging.Abstractions;

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
            new MediaTransportOptions { Ports = [0], AdvertisedAddresses = [IPAddress.Loopback] },
            TimeProvider.System,
            NullLoggerFactory.Instance);
        await using WhipListener whip = await WhipListener.StartAsync(async offer =>
            await server.AcceptAsync(offer, new Returner()) is { Connection: { } connection } result ? (result.Sdp!, connection.Close) : null);
        using var http = new HttpClient();
        var warm = new List<EchoCaller>();
        for (int i = 0; i < 2; i++)
        {
            var caller = new EchoCaller(loop, 0, 100);
            await caller.ConnectAsync(callers, http, whip.Url, cancellationToken);
            caller.Measure(true);
            warm.Add(caller);
        }

        await Task.Delay(Duration, cancellationToken);
        await Task.WhenAll(warm.Select(c => c.HangUpAsync(http, cancellationToken)));
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
