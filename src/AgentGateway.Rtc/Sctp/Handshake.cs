using System.Buffers.Binary;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Wire.Sctp;

namespace AgentGateway.Rtc.Sctp;

/// <summary>
/// Sets the association up: INIT, INIT ACK with a state cookie, COOKIE ECHO, COOKIE ACK; both ends may start, and a peer may
/// start over (RFC 9260 section 5). Keeps the tags; the association keeps the state.
/// </summary>
internal sealed class Handshake
{
    private static readonly TimeSpan CookieLifetime = TimeSpan.FromSeconds(60);

    private readonly SctpContext _context;
    private readonly ControlQueue _replies;
    private readonly byte[] _key = new byte[StateCookie.KeySize];
    private byte[] _cookie = [];
    private int _attempts;
    private bool _sendDue;

    public Handshake(SctpContext context, ControlQueue replies)
    {
        _context = context;
        _replies = replies;
        context.Random.Fill(_key);
        LocalTag = NewTag();
        LocalTsn = context.Random.NextUInt32();
    }

    public uint LocalTag { get; private set; }

    public uint LocalTsn { get; private set; }

    /// <summary>What the peer announced; its tag is 0 until it is known.</summary>
    public PeerParameters Peer { get; private set; }

    /// <summary>Sends the INIT and starts T1-init.</summary>
    public void SendInit()
    {
        _sendDue = true;
        _context.Timers.Set(SctpTimer.Init, _context.Now + _context.Rto.Current);
    }

    /// <summary>T1-init or T1-cookie expired: sends again, or returns false when that was tried too often.</summary>
    public bool HandleTimeout(SctpTimer timer)
    {
        if (_attempts >= _context.Options.MaxInitRetransmissions)
            return false;
        _attempts++;
        _context.Rto.BackOff();
        _sendDue = true;
        _context.Timers.Set(timer, _context.Now + _context.Rto.Current);
        return true;
    }

    /// <summary>Adds INIT or COOKIE ECHO, by the state, when one is due. Both travel alone here.</summary>
    public bool TryAddTo(ref SctpPacketWriter writer, SctpState state)
    {
        if (!_sendDue)
            return false;
        _sendDue = false;
        if (state == SctpState.CookieEchoed)
        {
            _cookie.CopyTo(writer.AddChunk(SctpChunkType.CookieEcho, 0, _cookie.Length));
            return true;
        }

        Span<byte> buffer = stackalloc byte[InitCodec.MaxSize];
        SctpParameterWriter parameters = new(buffer);
        InitCodec.AddCapabilities(ref parameters, _context.Options.AcceptZeroChecksum && _context.Options.SendZeroChecksum);
        Announce(LocalTag, LocalTsn, parameters.Written).Write(
            writer.AddChunk(SctpChunkType.Init, 0, InitChunk.FixedSize + parameters.Length));
        return true;
    }

    /// <summary>Answers a peer's INIT with INIT ACK in whatever state, without keeping anything (sections 5.2.1 and 5.2.2).</summary>
    public void HandleInit(in SctpChunk chunk, SctpState state)
    {
        if (!InitChunk.TryParse(chunk.Value, out InitChunk init) || init.InitiateTag == 0)
        {
            _context.Drop(SctpDropReason.MalformedChunk);
            return;
        }

        Span<byte> report = stackalloc byte[InitCodec.MaxUnrecognized];
        SctpParameterWriter unrecognized = new(report);
        if (init.InboundStreams == 0
            || init.OutboundStreams == 0
            || !InitCodec.TryReadParameters(init, ref unrecognized, out PeerParameters peer, out _))
        {
            _context.Drop(SctpDropReason.MalformedChunk);
            Span<byte> cause = stackalloc byte[8];
            SctpParameterWriter causes = new(cause);
            causes.Add(SctpErrorCause.InvalidMandatoryParameter, 0);
            _replies.AddAlone(SctpChunkType.Abort, 0, causes.Written, init.InitiateTag);
            return;
        }

        // While we are setting up ourselves the answer carries the tag of our own INIT, so that both handshakes make one
        // association. Once that exists, the peer starts over: new tag, new TSN, and the old tags tie the cookie to it.
        bool exists = state is not (SctpState.New or SctpState.CookieWait or SctpState.CookieEchoed);
        StateCookie cookie = new()
        {
            Peer = peer,
            LocalTag = exists ? NewTag() : LocalTag,
            LocalTsn = exists ? _context.Random.NextUInt32() : LocalTsn,
            LocalTieTag = exists ? LocalTag : 0,
            PeerTieTag = exists ? Peer.Tag : 0,
            CreatedAt = _context.Now,
        };
        Span<byte> buffer = stackalloc byte[InitCodec.MaxSize];
        SctpParameterWriter parameters = new(buffer);
        cookie.Write(parameters.Add(SctpParameterType.StateCookie, StateCookie.Size), _key);

        // To a peer that does not speak of it, it may not be announced: see DESIGN.md.
        InitCodec.AddCapabilities(
            ref parameters, _context.Options.AcceptZeroChecksum && (_context.Options.SendZeroChecksum || peer.AcceptsZeroChecksum));
        Span<byte> value = stackalloc byte[InitChunk.FixedSize + InitCodec.MaxSize + InitCodec.MaxUnrecognized];
        int length = InitChunk.FixedSize + parameters.Length;
        Announce(cookie.LocalTag, cookie.LocalTsn, parameters.Written).Write(value);
        unrecognized.Written.CopyTo(value[length..]);
        _replies.AddAlone(SctpChunkType.InitAck, 0, value[..(length + unrecognized.Length)], peer.Tag);
    }

    /// <summary>Takes INIT ACK in CookieWait: the peer is known then and COOKIE ECHO is due. False when it is malformed.</summary>
    public bool HandleInitAck(in SctpChunk chunk)
    {
        Span<byte> report = stackalloc byte[InitCodec.MaxUnrecognized];
        SctpParameterWriter unrecognized = new(report);
        if (!InitChunk.TryParse(chunk.Value, out InitChunk init)
            || init.InitiateTag == 0
            || init.InboundStreams == 0
            || init.OutboundStreams == 0
            || !InitCodec.TryReadParameters(init, ref unrecognized, out PeerParameters peer, out ReadOnlySpan<byte> cookie)
            || cookie.IsEmpty
            || cookie.Length > _context.PacketSize - SctpHeader.Size - SctpChunk.HeaderSize)
        {
            _context.Drop(SctpDropReason.MalformedChunk);
            return false;
        }

        Peer = peer;
        _cookie = cookie.ToArray();
        _attempts = 0;
        _sendDue = true;
        _context.Timers.Clear(SctpTimer.Init);
        _context.Timers.Set(SctpTimer.Cookie, _context.Now + _context.Rto.Current);
        return true;
    }

    /// <summary>The peer found its cookie too old: starts over with a new INIT (section 5.2.6).</summary>
    public bool HandleStaleCookie()
    {
        _context.Timers.Clear(SctpTimer.Cookie);
        return HandleTimeout(SctpTimer.Init);
    }

    /// <summary>Judges a COOKIE ECHO (sections 5.1 and 5.2.4).</summary>
    /// <param name="value">The cookie.</param>
    /// <param name="verificationTag">The tag of its packet.</param>
    /// <param name="state">Where the association stands.</param>
    public CookieVerdict HandleCookieEcho(ReadOnlySpan<byte> value, uint verificationTag, SctpState state)
    {
        if (!StateCookie.TryRead(value, _key, out StateCookie cookie) || cookie.LocalTag != verificationTag)
            return Reject(SctpDropReason.BadCookie);
        bool exists = state is not (SctpState.New or SctpState.CookieWait or SctpState.CookieEchoed);
        bool ours = cookie.LocalTag == LocalTag;
        bool theirs = cookie.Peer.Tag == Peer.Tag;
        // Case D once more: our COOKIE ACK was lost, however long ago.
        if (exists && ours && theirs)
            return CookieVerdict.Repeated;
        if (_context.Now - cookie.CreatedAt > CookieLifetime)
        {
            _context.Drop(SctpDropReason.StaleCookie);
            Span<byte> buffer = stackalloc byte[8];
            SctpParameterWriter causes = new(buffer);
            // How much too late, in microseconds.
            double late = (_context.Now - cookie.CreatedAt - CookieLifetime).TotalMicroseconds;
            BinaryPrimitives.WriteUInt32BigEndian(causes.Add(SctpErrorCause.StaleCookie, sizeof(uint)), (uint)Math.Min(late, uint.MaxValue));
            _replies.AddAlone(SctpChunkType.Error, 0, causes.Written, cookie.Peer.Tag);
            return CookieVerdict.Rejected;
        }

        if (!exists && ours)
        {
            Accept(cookie);
            return CookieVerdict.Established;
        }

        if (exists && !ours && !theirs && cookie.LocalTieTag == LocalTag && cookie.PeerTieTag == Peer.Tag)
        {
            if (state == SctpState.ShutdownAckSent)
                return CookieVerdict.WhileShuttingDown;
            Accept(cookie);
            return CookieVerdict.Restarted;
        }

        return Reject(SctpDropReason.BadCookie);
    }

    /// <summary>COOKIE ACK arrived, or the peer's COOKIE ECHO made it superfluous.</summary>
    public void Complete()
    {
        _cookie = [];
        _attempts = 0;
        _sendDue = false;
        _context.Timers.Clear(SctpTimer.Init);
        _context.Timers.Clear(SctpTimer.Cookie);
    }

    /// <summary>The streams we may use: what we asked for, limited by what the peer accepts.</summary>
    public int OutboundStreams => Math.Min(_context.Options.MaxStreams, Peer.InboundStreams);

    /// <summary>The streams the peer may use.</summary>
    public int InboundStreams => Math.Min(_context.Options.MaxStreams, Peer.OutboundStreams);

    private void Accept(in StateCookie cookie)
    {
        LocalTag = cookie.LocalTag;
        LocalTsn = cookie.LocalTsn;
        Peer = cookie.Peer;
    }

    private CookieVerdict Reject(SctpDropReason reason)
    {
        _context.Drop(reason);
        return CookieVerdict.Rejected;
    }

    private InitChunk Announce(uint tag, uint tsn, ReadOnlySpan<byte> parameters) => new()
    {
        InitiateTag = tag,
        ReceiverWindow = (uint)_context.Options.ReceiveBufferSize,
        OutboundStreams = _context.Options.MaxStreams,
        InboundStreams = _context.Options.MaxStreams,
        InitialTsn = tsn,
        Parameters = parameters,
    };

    private uint NewTag()
    {
        uint tag;
        do
            tag = _context.Random.NextUInt32();
        while (tag == 0);
        return tag;
    }
}
