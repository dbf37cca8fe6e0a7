using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;

namespace AgentGateway.Calls.Legs;

/// <summary>Returns every packet as it came, without decoding: shows the network alone.</summary>
internal sealed class EchoRelayLeg : AudioLeg
{
    internal override void HandleAudio(Instant now, RtcPeer peer, in RtcPeerEvent packet) =>
        peer.SendAudio(now, packet.Payload.Span, packet.Timestamp, packet.Marker);
}
