using AgentGateway.Audio;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;

namespace AgentGateway.Interop.Matrix;

/// <summary>
/// The audio packets that came, and how they sound: each is played when its own timestamp says, not when this process got round to it. So the
/// test's machine may be busy; what is lost on the way, or spoiled by either stack, is heard all the same.
/// </summary>
internal sealed class ReceivedSound
{
    private static readonly TimeSpan FramePeriod = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Tail = TimeSpan.FromMilliseconds(400);

    private readonly List<List<(long Sequence, long Timestamp, byte[] Payload)>> _streams = [[]];

    internal void Add(in RtcPeerEvent packet) => _streams[^1].Add((packet.Sequence, packet.Timestamp, packet.Payload.ToArray()));

    /// <summary>What follows has sequence numbers and timestamps of its own.</summary>
    internal void AddStream() => _streams.Add([]);

    /// <summary>Through the jitter buffer and the decoder; 48 kHz mono, of each stream as much as <paramref name="limit"/>.</summary>
    internal short[] Play(TimeSpan limit)
    {
        List<short> pcm = [];
        short[] frame = new short[AudioFormat.FrameSamples];
        foreach (List<(long Sequence, long Timestamp, byte[] Payload)> packets in _streams.Where(s => s.Count > 0))
        {
            using var ear = new AudioReceiver(new JitterBufferOptions(), LibOpusCodec.Instance);
            packets.Sort((a, b) => a.Timestamp.CompareTo(b.Timestamp));
            Instant At(int i) => Instant.Zero + TimeSpan.FromSeconds((packets[i].Timestamp - packets[0].Timestamp) / (double)AudioFormat.SampleRate);
            Instant end = Instant.Zero + limit;
            if (At(packets.Count - 1) + Tail < end)
                end = At(packets.Count - 1) + Tail;
            int next = 0;
            for (Instant now = Instant.Zero; now < end; now += FramePeriod)
            {
                for (; next < packets.Count && At(next) <= now; next++)
                    ear.Insert(now, packets[next].Sequence, packets[next].Timestamp, packets[next].Payload);
                ear.Pull(now, frame);
                pcm.AddRange(frame);
            }
        }

        return [.. pcm];
    }
}
