namespace AgentGateway.Rtc.Peer.Description;

/// <summary>What we offer and agree to for audio.</summary>
/// <param name="Codecs">The best first.</param>
/// <param name="Red">Redundant audio data (RFC 2198).</param>
/// <param name="Nack">Retransmission.</param>
/// <param name="TransportFeedback">Transport-wide feedback.</param>
internal sealed record AudioPreferences(IReadOnlyList<RtcAudioCodec> Codecs, bool Red, bool Nack, bool TransportFeedback)
{
    public static AudioPreferences From(RtcPeerOptions options) =>
        new(options.AudioCodecs, options.PreferRed, options.PreferNack, options.PreferTransportFeedback);
}
