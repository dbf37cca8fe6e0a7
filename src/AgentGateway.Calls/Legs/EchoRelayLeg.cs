using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;

namespace AgentGateway.Calls.Legs;

/// <summary>Returns every packet as it came, without decoding: shows the network alone.</summary>
internal sealed class EchoRelayLeg : AudioLeg
{
    private long _offset;
    private long _lastTimestamp;
    private Instant? _lastAt;
    private bool _streamIsNew;
    private long _refused;

    /// <inheritdoc/>
    internal override LegStatistics Statistics => new(default, 0, _refused);

    /// <inheritdoc/>
    internal override void HandleStreamChanged() => _streamIsNew = true;

    internal override void HandleAudio(Instant now, RtcPeer peer, in RtcPeerEvent packet)
    {
        if (_streamIsNew && _lastAt is { } lastAt)
        {
            // We go on with one stream: another source's timestamps continue where the last one's would be by now.
            long elapsed = (long)((now - lastAt).TotalSeconds * (peer.Audio?.ClockRate ?? 0));
            _offset = _lastTimestamp + elapsed - packet.Timestamp;
        }

        _streamIsNew = false;
        _lastAt = now;
        _lastTimestamp = packet.Timestamp + _offset;
        if (peer.SendAudio(now, packet.Payload.Span, _lastTimestamp, packet.Marker) is not (RtcSendResult.Ok or RtcSendResult.NotSending))
            _refused++;
    }
}
