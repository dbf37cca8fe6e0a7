using AgentGateway.Rtc.Peer;

namespace AgentGateway.Net;

/// <summary>The outcome of an offer: a connection with the SDP for the far end, a refusal with its reason, or overload.</summary>
public sealed record RtcAcceptResult
{
    /// <summary>The node is at its limit; try again later.</summary>
    public static RtcAcceptResult Overloaded { get; } = new();

    /// <summary>The open connection; null unless accepted.</summary>
    public RtcConnection? Connection { get; private init; }

    /// <summary>The SDP to send to the far end; null unless accepted.</summary>
    public string? Sdp { get; private init; }

    /// <summary>Our ICE ufrag in that SDP, which names its ICE session; null unless accepted.</summary>
    public string? IceUfrag { get; private init; }

    /// <summary>Why the SDP was refused; null otherwise.</summary>
    public SdpResult? Refusal { get; private init; }

    internal static RtcAcceptResult Accepted(RtcConnection connection, string sdp, string iceUfrag) =>
        new() { Connection = connection, Sdp = sdp, IceUfrag = iceUfrag };

    internal static RtcAcceptResult Refused(SdpResult refusal) => new() { Refusal = refusal };
}
