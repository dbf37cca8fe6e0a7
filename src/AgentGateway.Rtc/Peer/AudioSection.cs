using AgentGateway.Rtc.Streams;
using AgentGateway.Rtc.Wire.Sdp;

namespace AgentGateway.Rtc.Peer;

/// <summary>One audio section of the descriptions with its streams.</summary>
internal sealed class AudioSection(AudioStreams streams)
{
    public AudioStreams Streams { get; } = streams;

    /// <summary>What was agreed on, or null before a description was accepted.</summary>
    public NegotiatedAudio? Audio { get; private set; }

    /// <summary>The tone that was told last, by its stream and timestamp.</summary>
    public (uint Ssrc, long Timestamp)? LastTone { get; set; }

    public void Configure(NegotiatedAudio audio, SdpDirection direction)
    {
        Audio = audio;
        Streams.Configure(new AudioStreamConfiguration
        {
            PayloadType = audio.PayloadType,
            RedPayloadType = audio.RedPayloadType,
            ComfortNoisePayloadType = audio.ComfortNoisePayloadType,
            TelephoneEventPayloadType = audio.TelephoneEventPayloadType,
            CanSendTelephoneEvents = audio.TelephoneEventClockRate == audio.ClockRate,
            ClockRate = audio.ClockRate,
            AudioLevelExtension = audio.AudioLevelExtension,
            MidExtension = audio.MidExtension,
            AbsoluteSendTimeExtension = audio.AbsoluteSendTimeExtension,
            TransportSequenceExtension = audio.TransportSequenceExtension,
            Mid = audio.Mid,
            Nack = audio.Nack,
            TransportFeedback = audio.TransportFeedback,
            ReferenceTime = audio.ReferenceTime,
            ReducedSizeRtcp = audio.ReducedSizeRtcp,
            MaySend = direction.HasFlag(SdpDirection.SendOnly),
            MayReceive = direction.HasFlag(SdpDirection.ReceiveOnly),
        });
    }
}
