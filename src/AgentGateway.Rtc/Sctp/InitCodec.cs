using System.Buffers.Binary;
using AgentGateway.Rtc.Wire.Sctp;

namespace AgentGateway.Rtc.Sctp;

/// <summary>What we announce in INIT and INIT ACK, and how the peer's announcement is read.</summary>
internal static class InitCodec
{
    /// <summary>Room for our INIT or INIT ACK value without reports of unrecognized parameters.</summary>
    public const int MaxSize = InitChunk.FixedSize + 4 + StateCookie.Size + 8 + 4 + 8 + MaxUnrecognized;

    /// <summary>How many bytes of unrecognized parameters are reported at most.</summary>
    public const int MaxUnrecognized = 64;

    // RFC 9653 section 4: the alternate error detection method "DTLS".
    private const uint ZeroChecksumOverDtls = 1;

    /// <summary>Adds the parameters that INIT and INIT ACK share.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="announceZeroChecksum">Whether packets with a zero checksum are announced as acceptable.</param>
    public static void AddCapabilities(ref SctpParameterWriter writer, bool announceZeroChecksum)
    {
        writer.Add(SctpParameterType.ForwardTsnSupported, 0);
        Span<byte> extensions = writer.Add(SctpParameterType.SupportedExtensions, 2);
        extensions[0] = (byte)SctpChunkType.Reconfig;
        extensions[1] = (byte)SctpChunkType.ForwardTsn;
        if (announceZeroChecksum)
            BinaryPrimitives.WriteUInt32BigEndian(writer.Add(SctpParameterType.ZeroChecksumAcceptable, sizeof(uint)), ZeroChecksumOverDtls);
    }

    /// <summary>
    /// Reads the peer's parameters. Unknown ones are treated by their two highest bits (RFC 9260 section 3.2.1); those to be
    /// reported are copied to <paramref name="unrecognized"/> as far as there is room. False when a length cannot be.
    /// </summary>
    public static bool TryReadParameters(
        in InitChunk init, ref SctpParameterWriter unrecognized, out PeerParameters peer, out ReadOnlySpan<byte> cookie)
    {
        cookie = default;
        peer = new PeerParameters
        {
            Tag = init.InitiateTag,
            InitialTsn = init.InitialTsn,
            ReceiverWindow = init.ReceiverWindow,
            OutboundStreams = init.OutboundStreams,
            InboundStreams = init.InboundStreams,
        };
        SctpParameterReader reader = new(init.Parameters);
        while (reader.TryRead(out ushort type, out ReadOnlySpan<byte> value, out ReadOnlySpan<byte> raw))
        {
            switch ((SctpParameterType)type)
            {
                case SctpParameterType.StateCookie:
                    cookie = value;
                    break;
                case SctpParameterType.ForwardTsnSupported:
                    peer = peer with { SupportsForwardTsn = true };
                    break;
                case SctpParameterType.SupportedExtensions:
                    peer = peer with
                    {
                        SupportsForwardTsn = peer.SupportsForwardTsn || value.Contains((byte)SctpChunkType.ForwardTsn),
                        SupportsReconfig = value.Contains((byte)SctpChunkType.Reconfig),
                    };
                    break;
                case SctpParameterType.ZeroChecksumAcceptable:
                    if (value.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32BigEndian(value) == ZeroChecksumOverDtls)
                        peer = peer with { AcceptsZeroChecksum = true };
                    break;
                case SctpParameterType.IPv4Address:
                case SctpParameterType.IPv6Address:
                case SctpParameterType.UnrecognizedParameter:
                case SctpParameterType.CookiePreservative:
                case SctpParameterType.HostNameAddress:
                case SctpParameterType.SupportedAddressTypes:
                case SctpParameterType.EcnCapable:
                case SctpParameterType.Random:
                case SctpParameterType.ChunkList:
                case SctpParameterType.RequestedHmac:
                case SctpParameterType.Padding:
                case SctpParameterType.AdaptationLayer:
                    // Known and without meaning over DTLS (RFC 8261 section 6.1).
                    break;
                default:
                    if ((type & 0x4000) != 0 && raw.Length + 4 <= unrecognized.Remaining - 3)
                        raw.CopyTo(unrecognized.Add(SctpParameterType.UnrecognizedParameter, raw.Length));
                    if ((type & 0x8000) == 0)
                        return true;
                    break;
            }
        }

        return reader.AtEnd;
    }
}
