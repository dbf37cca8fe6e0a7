using AgentGateway.Audio;
using AgentGateway.Calls.Legs;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using AgentGateway.Testing.Peers;

namespace AgentGateway.Calls.Tests.Legs;

/// <summary>A leg on the answerer of two real peers, on the virtual clock.</summary>
internal sealed class LegCall : IDisposable
{
    private const int FrameSamples = 960;
    private static readonly TimeSpan FramePeriod = TimeSpan.FromMilliseconds(20);

    private Instant _stalledUntil;

    internal LegCall(AudioLeg leg, TwoPeersOptions? options = null)
    {
        Leg = leg;
        Pair = TwoPeers.Connected(options ?? new TwoPeersOptions());
        Pair.Answerer.OnEvent = HandleAnswererEvent;
        Pair.Caller.OnEvent = (now, e) =>
        {
            if (e.Kind == RtcPeerEventKind.AudioReceived && Records)
                Heard.Add(new HeardPacket(now, e.Sequence, e.Timestamp, e.Marker, e.Payload.ToArray()));
        };
        leg.Start(Pair.Now, Pair.Answerer.Peer);
        ScheduleTick();
    }

    internal AudioLeg Leg { get; }

    internal TwoPeers Pair { get; }

    /// <summary>What the caller got, in order of arrival.</summary>
    internal List<HeardPacket> Heard { get; } = [];

    internal bool Records { get; set; } = true;

    /// <summary>Bytes that the leg allocated on this thread, its peer's sending included.</summary>
    internal long Allocated { get; set; }

    /// <summary>Calls into the leg.</summary>
    internal long Inputs { get; set; }

    /// <summary>Two parties who never stop sending in silence.</summary>
    internal static TwoPeersOptions WithoutDtx => new() { ConfigureCaller = o => o with { PreferDtx = false } };

    /// <summary>The caller sends packets, 20 ms apart.</summary>
    internal void Say(IReadOnlyList<byte[]> packets, long firstTimestamp = 0, Func<int, bool>? marker = null)
    {
        for (int i = 0; i < packets.Count; i++)
        {
            int index = i;
            Pair.Schedule(FramePeriod * index, now =>
                Pair.Caller.Peer.SendAudio(now, packets[index], firstTimestamp + (index * FrameSamples), marker?.Invoke(index) ?? false));
        }
    }

    internal void RunFor(double milliseconds) => Pair.RunFor(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>The process of the leg gets no CPU for a while.</summary>
    internal void Stall(TimeSpan duration) => _stalledUntil = Pair.Now + duration;

    /// <summary>Everything heard, decoded, at its place in time.</summary>
    internal short[] Decode()
    {
        using IOpusDecoder decoder = LibOpusCodec.Instance.CreateDecoder();
        short[] frame = new short[AudioFormat.MaxPacketSamples];
        long first = Heard[0].Timestamp;
        short[] pcm = new short[Heard[^1].Timestamp - first + FrameSamples];
        foreach (HeardPacket packet in Heard)
        {
            Assert.Equal(OpusStatus.Ok, decoder.Decode(packet.Payload, frame, out int samples));
            frame.AsSpan(0, samples).CopyTo(pcm.AsSpan((int)(packet.Timestamp - first)));
        }

        return pcm;
    }

    public void Dispose()
    {
        Leg.Dispose();
        Pair.Dispose();
    }

    private void HandleAnswererEvent(Instant now, RtcPeerEvent e)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        if (e.Kind == RtcPeerEventKind.AudioReceived)
            Leg.HandleAudio(now, Pair.Answerer.Peer, e);
        else if (e.Kind == RtcPeerEventKind.RemoteStreamChanged)
            Leg.HandleStreamChanged();
        Allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        Inputs++;
    }

    private void ScheduleTick()
    {
        if (Leg.NextTimeout is not { } next)
            return;
        Pair.Schedule(Instant.Max(next, Pair.Now) - Pair.Now, Tick);
    }

    private void Tick(Instant now)
    {
        if (now < _stalledUntil)
        {
            Pair.Schedule(_stalledUntil - now, Tick);
            return;
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Leg.HandleTimeout(now, Pair.Answerer.Peer);
        Allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        Inputs++;
        ScheduleTick();
    }
}
