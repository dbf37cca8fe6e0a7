using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Testing.Peers;

/// <summary>Audio from the caller to the answerer with nothing between: what a packet itself costs.</summary>
public static class AudioExchange
{
    public const byte AudioLevel = 30;

    // Faster than life, so that no timer comes between: it is the packets that are measured.
    private static readonly TimeSpan Step = TimeSpan.FromMicroseconds(2);

    /// <summary>
    /// Has <paramref name="send"/> (time, number of the packet; at <see cref="AudioLevel"/>) called once a packet, half as often before
    /// that to warm up. Returns how many packets arrived with their level, and the bytes that this thread allocated for them.
    /// </summary>
    public static (int Received, long Allocated) Measure(TwoPeers pair, int packets, Action<Instant, int> send)
    {
        RtcPeer sender = pair.Caller.Peer;
        RtcPeer receiver = pair.Answerer.Peer;
        byte[] buffer = new byte[RtcPeer.TransmitBufferSize];
        Instant now = pair.Now;
        int next = 0;
        Exchange(packets / 2);
        int received = 0;
        long allocated = Allocations.Least(() => received = Exchange(packets));
        return (received, allocated);

        int Exchange(int count)
        {
            int arrived = 0;
            for (int i = 0; i < count; i++)
            {
                now += Step;
                send(now, next++);
                while (sender.TryPollTransmit(buffer, out int length, out DatagramPath path))
                    receiver.Handle(now, new DatagramPath(path.Remote, path.Local), buffer.AsSpan(0, length));
                while (receiver.TryPollEvent(out RtcPeerEvent e))
                    arrived += e.Kind == RtcPeerEventKind.AudioReceived && e.AudioLevel == AudioLevel ? 1 : 0;
            }

            return arrived;
        }
    }
}
