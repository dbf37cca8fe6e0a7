namespace AgentGateway.Rtc.Peer;

/// <summary>What an <see cref="RtcPeerEvent"/> tells.</summary>
public enum RtcPeerEventKind
{
    /// <summary><see cref="RtcPeerEvent.State"/> is new; with <see cref="RtcPeerEvent.Reason"/> when it is a final one.</summary>
    ConnectionStateChanged,

    /// <summary>
    /// An audio packet arrived: <see cref="RtcPeerEvent.Section"/>, <see cref="RtcPeerEvent.Sequence"/>, <see cref="RtcPeerEvent.Timestamp"/>, <see cref="RtcPeerEvent.PayloadType"/>,
    /// <see cref="RtcPeerEvent.Marker"/>, <see cref="RtcPeerEvent.Ssrc"/>, <see cref="RtcPeerEvent.AudioLevel"/>, <see cref="RtcPeerEvent.Payload"/>.
    /// </summary>
    AudioReceived,

    /// <summary>A telephone-event packet arrived (RFC 4733); the fields are those of <see cref="AudioReceived"/>.</summary>
    TelephoneEventReceived,

    /// <summary>
    /// A comfort noise packet arrived (RFC 3389): the sender pauses, and its payload tells how loud the pause is; the fields are those of
    /// <see cref="AudioReceived"/>.
    /// </summary>
    ComfortNoiseReceived,

    /// <summary>A telephone key was pressed at the far end: <see cref="RtcPeerEvent.Digit"/>. Once for each key press, with its first packet.</summary>
    DigitReceived,

    /// <summary>
    /// The far end's audio in <see cref="RtcPeerEvent.Section"/> now comes from another <see cref="RtcPeerEvent.Ssrc"/>: sequence numbers and timestamps start anew, so a
    /// jitter buffer must too. Also told before the first packet.
    /// </summary>
    RemoteStreamChanged,

    /// <summary>The far end said BYE for its audio stream <see cref="RtcPeerEvent.Ssrc"/>.</summary>
    RemoteBye,

    /// <summary>A description brought an audio section, <see cref="RtcPeerEvent.Section"/>; the first description's are told too.</summary>
    AudioAdded,

    /// <summary>A later description changed <see cref="RtcAudioSection.Audio"/> of <see cref="RtcPeerEvent.Section"/>: direction, codec, or whose track it carries.</summary>
    AudioRenegotiated,

    /// <summary>A later description stopped the audio section <see cref="RtcPeerEvent.Section"/>.</summary>
    AudioRemoved,

    /// <summary>Both sides offered at once and our offer was taken back: to be made again when their negotiation is over.</summary>
    OfferRolledBack,

    /// <summary>
    /// A restart of ICE began or is over: <see cref="RtcPeer.IceUfrag"/> or <see cref="RtcPeer.PreviousIceUfrag"/> is another one, which
    /// a demultiplexer must know before the next datagram.
    /// </summary>
    IceCredentialsChanged,

    /// <summary>
    /// The far end has a candidate with a ".local" name, <see cref="RtcPeerEvent.Candidate"/>. A driver that can resolve it gives
    /// <see cref="AgentGateway.Rtc.Ice.IceCandidate.At"/> of the address to <see cref="RtcPeer.AddRemoteCandidate(AgentGateway.Primitives.Instant, AgentGateway.Rtc.Ice.IceCandidate)"/>; else the far end is learned from its checks.
    /// </summary>
    RemoteName,

    /// <summary>A local candidate was added after a description was made: <see cref="RtcPeerEvent.Candidate"/> is to be trickled to the far end.</summary>
    LocalCandidate,

    /// <summary>The last local candidate is known, and a description did not say so yet: "end-of-candidates" is to be trickled (RFC 8838 section 13).</summary>
    LocalCandidatesEnded,

    /// <summary>A data channel is open: <see cref="RtcPeerEvent.ChannelId"/>, <see cref="RtcPeerEvent.Channel"/>, <see cref="RtcPeerEvent.OpenedByRemote"/>.</summary>
    ChannelOpened,

    /// <summary>A message: <see cref="RtcPeerEvent.ChannelId"/>, <see cref="RtcPeerEvent.IsText"/>, <see cref="RtcPeerEvent.Payload"/>.</summary>
    ChannelMessage,

    /// <summary>A data channel is closed: <see cref="RtcPeerEvent.ChannelId"/>.</summary>
    ChannelClosed,

    /// <summary>The buffered amount of a channel fell to its threshold: <see cref="RtcPeerEvent.ChannelId"/>.</summary>
    ChannelBufferedAmountLow,

    /// <summary>The SCTP association ended although the call goes on: <see cref="RtcPeerEvent.DataReason"/>. All channels are closed.</summary>
    DataChannelsClosed,
}
