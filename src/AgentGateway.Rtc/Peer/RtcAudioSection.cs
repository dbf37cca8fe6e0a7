using AgentGateway.Primitives;
using AgentGateway.Rtc.Streams;
using AgentGateway.Rtc.Wire.Sdp;

namespace AgentGateway.Rtc.Peer;

/// <summary>
/// One audio section of the descriptions with a stream each way: what W3C calls a transceiver. Made by <see cref="RtcPeer.AddAudio"/> or by an offer
/// of the far end; in use from the description that agrees on it to the one that stops it. Owned by its peer; not thread-safe.
/// </summary>
public sealed class RtcAudioSection
{
    internal RtcAudioSection(AudioStreams streams, string trackId, SdpDirection wanted)
    {
        Streams = streams;
        TrackId = trackId;
        WantedDirection = wanted;
    }

    /// <summary>What both sides agreed on, the mid and the far end's track included; null before that.</summary>
    public NegotiatedAudio? Audio { get; private set; }

    /// <summary>The 0-based place of its m-line; -1 while it has none.</summary>
    public int Index { get; private set; } = -1;

    /// <summary>
    /// Who should send, seen from us. Takes effect with the next offer or answer, as far as the far end agrees; <see cref="NegotiatedAudio.Direction"/>
    /// says what is in force.
    /// </summary>
    public SdpDirection WantedDirection { get; set; }

    /// <summary>Whether it is agreed on and not stopped.</summary>
    public bool IsInUse => Audio is not null && !IsStopped;

    /// <summary>Whether it was stopped, by <see cref="RtcPeer.RemoveAudio"/> or by a description; that is final.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Whether we may send in it now.</summary>
    public bool MaySend => IsInUse && Audio!.Direction.HasFlag(SdpDirection.SendOnly);

    /// <summary>Whether the far end may send in it now.</summary>
    public bool MayReceive => IsInUse && Audio!.Direction.HasFlag(SdpDirection.ReceiveOnly);

    /// <summary>The SSRC of what we send.</summary>
    public uint LocalSsrc => Streams.Sender.Ssrc;

    /// <summary>The SSRC of what is received, or null before the first packet.</summary>
    public uint? RemoteSsrc => Streams.Receiver?.Ssrc;

    /// <summary>The id of the track we send (a=msid).</summary>
    public string TrackId { get; }

    /// <summary>What the far end last reported about the audio we send in it. Cheap: may be read for every packet.</summary>
    public RtcRemoteReport RemoteReport
    {
        get
        {
            StreamStatistics statistics = Streams.Statistics;
            return new RtcRemoteReport(statistics.RemoteReports, statistics.RemoteFractionLost, statistics.RemoteJitter, statistics.RoundTrip);
        }
    }

    internal AudioStreams Streams { get; }

    /// <summary>What descriptions of ours say: one that is stopped but has to stay carries nothing.</summary>
    internal SdpDirection OfferedDirection => IsStopped ? SdpDirection.Inactive : WantedDirection;

    /// <summary>Whether the owner was told that it is stopped.</summary>
    internal bool IsRemovalTold { get; set; }

    /// <summary>The tone that was told last, by its stream and timestamp.</summary>
    internal (uint Ssrc, long Timestamp)? LastTone { get; set; }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Index} {Audio?.Mid} {Audio?.Direction.ToString() ?? "new"}{(IsStopped ? " stopped" : "")}");

    internal void Configure(int index, NegotiatedAudio audio)
    {
        Index = index;
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
            Sources = audio.RemoteSources,
            Nack = audio.Nack,
            TransportFeedback = audio.TransportFeedback,
            ReferenceTime = audio.ReferenceTime,
            ReducedSizeRtcp = audio.ReducedSizeRtcp,
            MaySend = audio.Direction.HasFlag(SdpDirection.SendOnly),
            MayReceive = audio.Direction.HasFlag(SdpDirection.ReceiveOnly),
        });
    }

    internal void Stop() => IsStopped = true;

    internal RtcAudioStatistics GetStatistics(Instant now)
    {
        StreamStatistics statistics = Streams.Statistics;
        (long asked, long answered) = Streams.Requests;
        return new RtcAudioStatistics
        {
            Mid = Audio?.Mid ?? "",
            PacketsSent = Streams.Sender.PacketsSent,
            BytesSent = Streams.Sender.BytesSent,
            PacketsReceived = statistics.PacketsReceived,
            BytesReceived = statistics.BytesReceived,
            PacketsLost = Streams.Receiver?.PacketsLost ?? 0,
            Jitter = Streams.Receiver?.Jitter ?? TimeSpan.Zero,
            RemotePacketsLost = statistics.RemotePacketsLost,
            RemoteFractionLost = statistics.RemoteFractionLost,
            RemoteJitter = statistics.RemoteJitter,
            RoundTripTime = statistics.RoundTrip,
            SinceLastAudio = Streams.Receiver is { } receiver ? now - receiver.LastPacketAt : null,
            RemoteSsrc = Streams.Receiver?.Ssrc,
            RemoteStreamChanges = statistics.StreamChanges,
            RtcpSent = statistics.RtcpSent,
            RtcpIgnored = statistics.RtcpIgnored,
            RetransmissionsRequested = statistics.RetransmissionsRequested,
            RetransmissionsSent = statistics.RetransmissionsSent,
            PacketsRequested = asked,
            PacketsRetransmitted = answered,
            PacketsRecoveredByRedundancy = statistics.RecoveredByRedundancy,
            RedundantPacketsSent = Streams.Sender.RedundantPacketsSent,
        };
    }
}
