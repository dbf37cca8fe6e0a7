namespace AgentGateway.Rtc.Sctp;

/// <summary>
/// Limits and timings of one association. Immutable; the defaults suit WebRTC data channels over DTLS.
/// <see cref="Validate"/> is called by the association's constructor.
/// </summary>
public sealed record SctpOptions
{
    /// <summary>Our SCTP port ("a=sctp-port" of our description, RFC 8841).</summary>
    public ushort LocalPort { get; init; } = 5000;

    /// <summary>The peer's SCTP port ("a=sctp-port" of its description).</summary>
    public ushort RemotePort { get; init; } = 5000;

    /// <summary>The largest packet made, in bytes, 256..16384. 1150 leaves room for DTLS, TURN and IPv6 within 1280.</summary>
    public int MaxPacketSize { get; init; } = 1150;

    /// <summary>The largest message accepted, in bytes ("a=max-message-size" of our description). A larger one ends the association.</summary>
    public int MaxMessageSize { get; init; } = 256 * 1024;

    /// <summary>
    /// The largest message the peer accepts, in bytes ("a=max-message-size" of its description; 64 KiB when it is absent,
    /// RFC 8841 section 6.1). 0 means that the peer has no limit; <see cref="SendBufferSize"/> still is one.
    /// </summary>
    public int RemoteMaxMessageSize { get; init; } = 256 * 1024;

    /// <summary>How many channels may exist at once, opened by either side; 1..1024.</summary>
    public int MaxChannels { get; init; } = 64;

    /// <summary>The longest label or protocol name accepted or sent, in UTF-8 bytes.</summary>
    public int MaxLabelLength { get; init; } = 256;

    /// <summary>Streams asked for and offered in each direction (RFC 8831 section 6.2 suggests 65535); the state is made when a stream is used.</summary>
    public ushort MaxStreams { get; init; } = 65535;

    /// <summary>Bytes held for reassembly and for messages not yet taken by the application: the receive window.</summary>
    public int ReceiveBufferSize { get; init; } = 1024 * 1024;

    /// <summary>Bytes held for sending, acknowledged ones excluded, over all channels; beyond it a send is refused as BufferFull.</summary>
    public int SendBufferSize { get; init; } = 4 * 1024 * 1024;

    /// <summary>RTO before the first measurement (RFC 9260 section 16 suggests 1 s, made for the open Internet of 2000).</summary>
    public TimeSpan RtoInitial { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The smallest RTO; must exceed the peer's delayed acknowledgement of 200 ms.</summary>
    public TimeSpan RtoMin { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>The largest RTO. Short against RFC 9260's 60 s, so that a call is alive again soon after an outage.</summary>
    public TimeSpan RtoMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an acknowledgement may wait for a second packet (RFC 9260 section 6.2), at most 500 ms.</summary>
    public TimeSpan DelayedAck { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Idle time between heartbeats, or null for none.</summary>
    public TimeSpan? HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Consecutive timeouts without an answer after which the association fails (Association.Max.Retrans).</summary>
    public int MaxRetransmissions { get; init; } = 10;

    /// <summary>Retransmissions of INIT or COOKIE ECHO after which the association fails (Max.Init.Retransmits).</summary>
    public int MaxInitRetransmissions { get; init; } = 8;

    /// <summary>The first congestion window, in packets; 10 as in RFC 6928 and libwebrtc.</summary>
    public int InitialWindowPackets { get; init; } = 10;

    /// <summary>
    /// Whether packets with a zero checksum are accepted (RFC 9653, method DTLS), and announced as such to a peer whose INIT
    /// announces it. Only right above DTLS.
    /// </summary>
    public bool AcceptZeroChecksum { get; init; } = true;

    /// <summary>
    /// Whether packets are sent with a zero checksum to a peer that announced to accept it (RFC 9653). If so, our INIT announces
    /// it unasked, which old stacks take for a malformed packet.
    /// </summary>
    public bool SendZeroChecksum { get; init; }

    /// <summary>Throws when a value is out of its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPacketSize, 256);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxPacketSize, 16384);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxMessageSize, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(RemoteMaxMessageSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxChannels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxChannels, 1024);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxLabelLength);
        ArgumentOutOfRangeException.ThrowIfZero(MaxStreams);
        ArgumentOutOfRangeException.ThrowIfLessThan(ReceiveBufferSize, MaxPacketSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(ReceiveBufferSize, MaxMessageSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(SendBufferSize, MaxPacketSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(RtoMin, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(RtoInitial, RtoMin);
        ArgumentOutOfRangeException.ThrowIfLessThan(RtoMax, RtoInitial);
        ArgumentOutOfRangeException.ThrowIfNegative(DelayedAck.Ticks);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(DelayedAck, TimeSpan.FromMilliseconds(500));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxRetransmissions);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxInitRetransmissions);
        ArgumentOutOfRangeException.ThrowIfLessThan(InitialWindowPackets, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(InitialWindowPackets, 64);
    }
}
