using System.Buffers.Binary;

namespace AgentGateway.Rtc.Dtls;

/// <summary>What can be told of a datagram without keys.</summary>
internal static class DtlsRecords
{
    public const int HeaderLength = 13;

    /// <summary>What encryption adds to a record at most: GCM's explicit nonce and its tag.</summary>
    public const int AeadOverhead = 8 + 16;

    private const int MaxFragment = (1 << 14) + 256;

    /// <summary>
    /// Walks the record headers (RFC 6347 section 4.1). False when a header is not DTLS 1.x, a length runs past the end, or
    /// the epoch is one that never occurs here, since renegotiation is refused.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length == 0)
            return false;
        while (datagram.Length > 0)
        {
            if (datagram.Length < HeaderLength || datagram[0] is < 20 or > 23 || datagram[1] != 0xFE)
                return false;
            int epoch = BinaryPrimitives.ReadUInt16BigEndian(datagram[3..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(datagram[11..]);
            if (epoch > 1 || length > MaxFragment || HeaderLength + length > datagram.Length)
                return false;
            datagram = datagram[(HeaderLength + length)..];
        }

        return true;
    }
}
