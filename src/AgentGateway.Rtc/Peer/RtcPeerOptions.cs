using AgentGateway.Primitives;
using AgentGateway.Rtc.Dtls;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Rtc.Srtp;

namespace AgentGateway.Rtc.Peer;

/// <summary>Settings of one <see cref="RtcPeer"/>. Immutable; checked by the peer's constructor.</summary>
public sealed record RtcPeerOptions
{
    /// <summary>Our certificate; may be shared by all peers of the process. Not disposed by the peer.</summary>
    public required DtlsCertificate Certificate { get; init; }

    /// <summary>Where credentials, SSRCs, tags and timings are drawn from.</summary>
    public required IRandomSource Random { get; init; }

    /// <summary>Our addresses, best first; all of them stand in each answer. May be empty in an offer that relies on the far end's.</summary>
    public IReadOnlyList<IceCandidate> LocalCandidates { get; init; } = [];

    /// <summary>Whether ICE only answers checks; for hosts with a reachable address.</summary>
    public bool IceLite { get; init; }

    /// <summary>Timings and limits of ICE; its <see cref="IceOptions.Lite"/> and <see cref="IceOptions.LocalCandidates"/> are replaced.</summary>
    public IceOptions Ice { get; init; } = new();

    /// <summary>Timings and SRTP profiles of DTLS; its datagram size is replaced by <see cref="MaxPacketSize"/>.</summary>
    public DtlsOptions Dtls { get; init; } = new();

    /// <summary>Timings and limits of data channels; ports, sizes and the far end's limits are replaced by what is negotiated.</summary>
    public SctpOptions Sctp { get; init; } = new();

    /// <summary>The largest datagram sent, in bytes, 576..1452. 1200 passes every path that carries WebRTC.</summary>
    public int MaxPacketSize { get; init; } = 1200;

    /// <summary>The largest data channel message accepted, in bytes.</summary>
    public int MaxMessageSize { get; init; } = 262_144;

    /// <summary>Whether data channels are offered, and agreed to when offered; <see cref="RtcPeer.WantsDataChannels"/> changes it later.</summary>
    public bool AcceptDataChannels { get; init; } = true;

    /// <summary>Whether the first description is refused when it has no audio that can be used: a call is about audio, a room may begin empty.</summary>
    public bool RequireAudio { get; init; } = true;

    /// <summary>Audio sections in use at once, 1..48; more are rejected in their place.</summary>
    public int MaxAudioSections { get; init; } = 16;

    /// <summary>
    /// What happens when both sides offer at once: whether we take ours back and answer (W3C's "polite" peer), or refuse theirs. One of the two
    /// should yield.
    /// </summary>
    public bool YieldInGlare { get; init; }

    /// <summary>
    /// Whether local candidates are still being gathered: descriptions do not say "end-of-candidates" until
    /// <see cref="RtcPeer.EndLocalCandidates"/>.
    /// </summary>
    public bool IsGathering { get; init; }

    /// <summary>Whether an offer of "actpass" is answered "active", so that we send the ClientHello. Passive suits clients behind slow checks.</summary>
    public bool PreferActive { get; init; }

    /// <summary>Whether the far end is told that we decode in-band FEC.</summary>
    public bool PreferFec { get; init; } = true;

    /// <summary>Whether the far end is told that it may stop sending in silence.</summary>
    public bool PreferDtx { get; init; } = true;

    /// <summary>The codecs that are offered and agreed to, the best first; what the far end prefers among them does not matter.</summary>
    public IReadOnlyList<RtcAudioCodec> AudioCodecs { get; init; } = RtcAudioCodec.All;

    /// <summary>Whether redundant audio data (RFC 2198) is agreed on: received always, sent when the far end reports loss.</summary>
    public bool PreferRed { get; init; } = true;

    /// <summary>Whether retransmission (generic NACK) is agreed on.</summary>
    public bool PreferNack { get; init; } = true;

    /// <summary>Whether transport-wide feedback is agreed on.</summary>
    public bool PreferTransportFeedback { get; init; } = true;

    /// <summary>
    /// How late a lost packet may come and still be asked for, 0..500 ms: what a jitter buffer is willing to wait. Zero asks for none.
    /// </summary>
    public TimeSpan RetransmissionBudget { get; init; } = TimeSpan.FromMilliseconds(120);

    /// <summary>The id of the media stream we send: a token of at most 64 characters.</summary>
    public string StreamId { get; init; } = "agent";

    /// <summary>The id of its audio track: a token of at most 64 characters; the tracks of further sections have names made of it.</summary>
    public string TrackId { get; init; } = "agent-audio";

    /// <summary>Our RTCP canonical name: 1..64 characters; null draws one (RFC 7022).</summary>
    public string? Cname { get; init; }

    /// <summary>The wall-clock time of <see cref="Instant.Zero"/>, for the NTP times in sender reports.</summary>
    public DateTimeOffset WallClockAtEpoch { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>The longest description accepted, in characters.</summary>
    public int MaxDescriptionLength { get; init; } = 64 * 1024;

    /// <summary>Outgoing audio packets that may wait for the driver, 1..256.</summary>
    public int AudioQueueLength { get; init; } = 16;

    /// <summary>Throws when a value is out of its range.</summary>
    /// <exception cref="ArgumentException">A value is out of its range.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Certificate);
        ArgumentNullException.ThrowIfNull(Random);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPacketSize, 576);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxPacketSize, 1452);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxMessageSize, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(AudioQueueLength, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(AudioQueueLength, 256);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDescriptionLength, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxAudioSections, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxAudioSections, 48);
        ArgumentOutOfRangeException.ThrowIfLessThan(RetransmissionBudget, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RetransmissionBudget, TimeSpan.FromMilliseconds(500));
        if (AudioCodecs.Count == 0 || AudioCodecs.Any(c => !RtcAudioCodec.All.Contains(c)) || AudioCodecs.Distinct().Count() != AudioCodecs.Count)
            throw new ArgumentException("Must name known codecs, each once.", nameof(AudioCodecs));
        CheckToken(StreamId, nameof(StreamId));
        CheckToken(TrackId, nameof(TrackId));
        if (StreamId == "-")
            throw new ArgumentException("\"-\" means no stream; browsers then play nothing.", nameof(StreamId));
        if (Cname is not null)
            CheckToken(Cname, nameof(Cname));
    }

    /// <summary>The largest plain RTP packet: what is left of a datagram beside SRTP's tag.</summary>
    internal int MaxRtpSize => MaxPacketSize - SrtpSession.MaxOverhead;

    internal static void CheckToken(string value, string name)
    {
        if (value.Length is < 1 or > 64 || value.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw new ArgumentException("Must be 1..64 printable ASCII characters without spaces.", name);
    }
}
