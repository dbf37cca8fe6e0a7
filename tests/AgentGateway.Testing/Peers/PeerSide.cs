using System.Buffers.Binary;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Sctp;

namespace AgentGateway.Testing.Peers;

/// <summary>One peer of a <see cref="TwoPeers"/> with its address and everything it told.</summary>
public sealed class PeerSide : IDisposable
{
    private const int FrameSamples = 960;
    private const int PayloadLength = 80;
    private const int PatternLength = PayloadLength - sizeof(uint);

    private readonly byte[] _payload = new byte[PayloadLength];
    private readonly Dictionary<uint, byte> _levels = [];
    private long _mediaTimestamp;

    public PeerSide(string name, RtcPeer peer, TransportAddress address)
    {
        Name = name;
        Peer = peer;
        Address = address;
    }

    public string Name { get; }

    public RtcPeer Peer { get; }

    public TransportAddress Address { get; }

    /// <summary>Called for each event, payloads included, before it is counted.</summary>
    public Action<Instant, RtcPeerEvent>? OnEvent { get; set; }

    /// <summary>All events but audio and messages, in order.</summary>
    public List<(Instant At, RtcPeerEvent Event)> Log { get; } = [];

    /// <summary>Text messages as they came.</summary>
    public List<string> Messages { get; } = [];

    public long AudioReceived { get; private set; }

    /// <summary>Audio whose payload was not what the other side's <see cref="SendFrame"/> made.</summary>
    public long AudioCorrupt { get; private set; }

    /// <summary>Audio in each section.</summary>
    public Dictionary<RtcAudioSection, long> AudioIn { get; } = [];

    public long AudioOutOfOrder { get; private set; }

    public long HighestSequence { get; private set; }

    public EventDigest Digest { get; } = new();

    /// <summary>When the state was first reached, or null.</summary>
    public Instant? ReachedAt(RtcPeerState state)
    {
        foreach ((Instant at, RtcPeerEvent e) in Log)
        {
            if (e.Kind == RtcPeerEventKind.ConnectionStateChanged && e.State == state)
                return at;
        }

        return null;
    }

    public bool Saw(RtcPeerEventKind kind) => Log.Exists(entry => entry.Event.Kind == kind);

    /// <summary>The first channel with a label, or null.</summary>
    public ushort? Channel(string label)
    {
        foreach ((_, RtcPeerEvent e) in Log)
        {
            if (e.Kind == RtcPeerEventKind.ChannelOpened && e.Channel!.Label == label)
                return e.ChannelId;
        }

        return null;
    }

    /// <summary>Sends 20 ms of "audio" whose payload the other side can check, in the section that is the first to send.</summary>
    public RtcSendResult SendFrame(Instant now)
    {
        NextFrame(Peer.LocalSsrc);
        return Peer.SendAudio(now, _payload, _mediaTimestamp, marker: _mediaTimestamp == FrameSamples);
    }

    /// <summary>The same in every section that may send.</summary>
    public void SendFrames(Instant now)
    {
        foreach (RtcAudioSection section in Peer.AudioSections)
        {
            if (!section.MaySend)
                continue;
            NextFrame(section.LocalSsrc);
            Peer.SendAudio(now, section, _payload, _mediaTimestamp, marker: false);
            _mediaTimestamp -= FrameSamples;
        }

        _mediaTimestamp += FrameSamples;
    }

    public DataSendResult SendText(Instant now, ushort channel, string text) =>
        Peer.SendMessage(now, channel, System.Text.Encoding.UTF8.GetBytes(text), isText: true);

    public void DrainEvents(Instant now)
    {
        while (Peer.TryPollEvent(out RtcPeerEvent e))
        {
            OnEvent?.Invoke(now, e);
            Digest.Add(now, e);
            switch (e.Kind)
            {
                case RtcPeerEventKind.AudioReceived:
                    CountAudio(e);
                    break;
                case RtcPeerEventKind.ChannelMessage when e.IsText:
                    Messages.Add(System.Text.Encoding.UTF8.GetString(e.Payload.Span));
                    break;
                case RtcPeerEventKind.ChannelMessage:
                    break;
                default:
                    Log.Add((now, e));
                    break;
            }
        }
    }

    public void Dispose() => Peer.Dispose();

    public override string ToString() => $"{Name}: {Peer.State} {string.Join(", ", Log.Select(l => $"{l.At} {l.Event.Kind} {l.Event.State} {l.Event.Reason}"))}";

    private void NextFrame(uint ssrc)
    {
        _mediaTimestamp += FrameSamples;
        for (int i = 0; i < PatternLength; i++)
            _payload[i] = (byte)((_mediaTimestamp / FrameSamples) + i);
        BinaryPrimitives.WriteUInt32BigEndian(_payload.AsSpan(PatternLength), ssrc);
    }

    private void CountAudio(in RtcPeerEvent e)
    {
        AudioReceived++;
        if (e.Sequence < HighestSequence)
            AudioOutOfOrder++;
        HighestSequence = Math.Max(HighestSequence, e.Sequence);

        // The timestamp has a random offset, so the first packet of a stream says what the payload must be for all others.
        byte level = (byte)(e.Payload.Span[0] - (e.Timestamp / FrameSamples));
        if (!_levels.TryGetValue(e.Ssrc, out byte known))
            _levels[e.Ssrc] = known = level;
        bool good = level == known && e.Payload.Length == PayloadLength && e.Section is not null
            && BinaryPrimitives.ReadUInt32BigEndian(e.Payload.Span[PatternLength..]) == e.Ssrc;
        for (int i = 1; good && i < PatternLength; i++)
            good = e.Payload.Span[i] == (byte)(e.Payload.Span[0] + i);
        if (e.Section is not null)
            AudioIn[e.Section] = AudioIn.GetValueOrDefault(e.Section) + 1;
        if (!good)
            AudioCorrupt++;
    }
}
