using AgentGateway.Rtc.Wire.Sdp;

namespace AgentGateway.Rtc.Peer.Description;

/// <summary>The far end's data channel section, reduced to what is used.</summary>
/// <param name="IsLegacy">Whether it is written in the notation before RFC 8841: "DTLS/SCTP 5000" with a=sctpmap.</param>
/// <param name="SctpPort">Its SCTP port.</param>
/// <param name="MaxMessageSize">The largest message it accepts, in bytes; 0 for any.</param>
internal sealed record RemoteData(bool IsLegacy, ushort SctpPort, int MaxMessageSize)
{
    private const ushort DefaultPort = 5000;

    /// <summary>Reads a section; null when it is no usable data channel section.</summary>
    public static RemoteData? Read(SdpMedia media)
    {
        if (!media.IsDataChannel || !media.Protocol.EndsWith("DTLS/SCTP", StringComparison.Ordinal))
            return null;
        bool legacy = media.Protocol == "DTLS/SCTP";

        // The present notation has a default only by custom; RFC 8841 wants the attribute.
        int port = media.SctpPort ?? DefaultPort;
        return port == 0 ? null : new RemoteData(legacy, (ushort)port, (int)Math.Min(media.MaxMessageSize, int.MaxValue));
    }
}
