namespace AgentGateway.Rtc.Dtls;

/// <summary>A handshake message being put together from fragments (RFC 6347 section 4.2.3).</summary>
internal sealed class DtlsHandshakeMessage(byte type, int length, ushort version)
{
    public const int HeaderLength = 12;

    private readonly byte[] _body = new byte[length];
    private readonly ulong[] _have = new ulong[(length + 63) / 64];
    private int _missing = length;

    public byte Type => type;

    public int Length => _body.Length;

    /// <summary>The version field of the record that brought the first fragment.</summary>
    public ushort Version => version;

    public ReadOnlySpan<byte> Body => _body;

    public bool IsComplete => _missing == 0;

    /// <summary>Takes the bytes that are new; what was there first stays. False when nothing was new.</summary>
    public bool Add(int offset, ReadOnlySpan<byte> fragment)
    {
        int before = _missing;
        for (int i = 0; i < fragment.Length; i++)
        {
            int at = offset + i;
            ulong bit = 1UL << (at & 63);
            if ((_have[at >> 6] & bit) != 0)
                continue;
            _have[at >> 6] |= bit;
            _body[at] = fragment[i];
            _missing--;
        }

        return _missing < before;
    }
}
