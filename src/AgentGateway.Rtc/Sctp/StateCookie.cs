using System.Buffers.Binary;
using System.Security.Cryptography;
using AgentGateway.Primitives;

namespace AgentGateway.Rtc.Sctp;

/// <summary>
/// The state cookie of INIT ACK (RFC 9260 section 5.1.3): all that is needed to set up the association when it comes back,
/// authenticated with HMAC-SHA-256 under a key that only this association has.
/// </summary>
internal readonly record struct StateCookie
{
    public const int KeySize = 32;
    public const int Size = ContentSize + HMACSHA256.HashSizeInBytes;

    private const int ContentSize = 44;
    private const byte ForwardTsnFlag = 1;
    private const byte ReconfigFlag = 2;
    private const byte ZeroChecksumFlag = 4;

    public PeerParameters Peer { get; init; }

    public uint LocalTag { get; init; }

    public uint LocalTsn { get; init; }

    /// <summary>Our tag in the association that existed when the cookie was made; 0 without one.</summary>
    public uint LocalTieTag { get; init; }

    /// <summary>The peer's tag in the association that existed when the cookie was made; 0 without one.</summary>
    public uint PeerTieTag { get; init; }

    public Instant CreatedAt { get; init; }

    public static bool TryRead(ReadOnlySpan<byte> cookie, ReadOnlySpan<byte> key, out StateCookie result)
    {
        result = default;
        if (cookie.Length != Size)
            return false;
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, cookie[..ContentSize], expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, cookie[ContentSize..]))
            return false;
        byte flags = cookie[24];
        result = new StateCookie
        {
            LocalTag = BinaryPrimitives.ReadUInt32BigEndian(cookie),
            LocalTsn = BinaryPrimitives.ReadUInt32BigEndian(cookie[4..]),
            Peer = new PeerParameters
            {
                Tag = BinaryPrimitives.ReadUInt32BigEndian(cookie[8..]),
                InitialTsn = BinaryPrimitives.ReadUInt32BigEndian(cookie[12..]),
                ReceiverWindow = BinaryPrimitives.ReadUInt32BigEndian(cookie[16..]),
                OutboundStreams = BinaryPrimitives.ReadUInt16BigEndian(cookie[20..]),
                InboundStreams = BinaryPrimitives.ReadUInt16BigEndian(cookie[22..]),
                SupportsForwardTsn = (flags & ForwardTsnFlag) != 0,
                SupportsReconfig = (flags & ReconfigFlag) != 0,
                AcceptsZeroChecksum = (flags & ZeroChecksumFlag) != 0,
            },
            LocalTieTag = BinaryPrimitives.ReadUInt32BigEndian(cookie[28..]),
            PeerTieTag = BinaryPrimitives.ReadUInt32BigEndian(cookie[32..]),
            CreatedAt = new Instant(BinaryPrimitives.ReadInt64BigEndian(cookie[36..])),
        };
        return true;
    }

    /// <summary>Writes <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> cookie, ReadOnlySpan<byte> key)
    {
        cookie[..ContentSize].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(cookie, LocalTag);
        BinaryPrimitives.WriteUInt32BigEndian(cookie[4..], LocalTsn);
        BinaryPrimitives.WriteUInt32BigEndian(cookie[8..], Peer.Tag);
        BinaryPrimitives.WriteUInt32BigEndian(cookie[12..], Peer.InitialTsn);
        BinaryPrimitives.WriteUInt32BigEndian(cookie[16..], Peer.ReceiverWindow);
        BinaryPrimitives.WriteUInt16BigEndian(cookie[20..], Peer.OutboundStreams);
        BinaryPrimitives.WriteUInt16BigEndian(cookie[22..], Peer.InboundStreams);
        cookie[24] = (byte)((Peer.SupportsForwardTsn ? ForwardTsnFlag : 0)
            | (Peer.SupportsReconfig ? ReconfigFlag : 0)
            | (Peer.AcceptsZeroChecksum ? ZeroChecksumFlag : 0));
        BinaryPrimitives.WriteUInt32BigEndian(cookie[28..], LocalTieTag);
        BinaryPrimitives.WriteUInt32BigEndian(cookie[32..], PeerTieTag);
        BinaryPrimitives.WriteInt64BigEndian(cookie[36..], CreatedAt.Ticks);
        HMACSHA256.HashData(key, cookie[..ContentSize], cookie[ContentSize..]);
    }
}
