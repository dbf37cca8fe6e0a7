using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer.Description;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Rtc.Streams;
using AgentGateway.Rtc.Wire.Sdp;

namespace AgentGateway.Rtc.Peer;

/// <summary>Audio sections: wished for, in use, stopped.</summary>
public sealed partial class RtcPeer
{
    // Made here and not in a description yet.
    private readonly List<RtcAudioSection> _waiting = [];

    // In use, in the order of their m-lines; the group of streams has the same order.
    private readonly List<RtcAudioSection> _active = [];
    private readonly AudioStreamGroup _streams = new();
    private RtcAudioSection?[] _lines = [];
    private RtcAudioSection[]? _sectionList;
    private RtcAudioSection _speaking;
    private RtcAudioStatistics _stopped = new();
    private int _tracks;

    /// <summary>
    /// The audio sections: those in use in the order of their m-lines, then those that wait for a description. A peer begins with one that waits.
    /// </summary>
    public IReadOnlyList<RtcAudioSection> AudioSections => _sectionList ??= [.. _active.Where(s => !s.IsRemovalTold), .. _waiting];

    /// <summary>
    /// Whether data channels should be negotiated. Takes effect with the next offer or answer; without them open channels end
    /// (<see cref="RtcPeerEventKind.DataChannelsClosed"/>). Where their section carries the transport of the session it stays.
    /// </summary>
    public bool WantsDataChannels { get; set; }

    /// <summary>What was agreed for audio in the section that <see cref="SendAudio(Instant, ReadOnlySpan{byte}, long, bool, byte?)"/> sends in, or null before a description was accepted.</summary>
    public NegotiatedAudio? Audio => _speaking.Audio;

    /// <summary>The SSRC of the audio we send in that section.</summary>
    public uint LocalSsrc => _speaking.LocalSsrc;

    /// <summary>What the far end last reported about the audio we send in that section. Cheap: may be read for every packet.</summary>
    public RtcRemoteReport RemoteReport => _speaking.RemoteReport;

    /// <summary>
    /// Adds an audio section to the next offer; or to the next answer, when the far end offers one that serves its direction before. Where the far end
    /// has taken all the room meanwhile, it waits until some is free.
    /// </summary>
    /// <param name="direction">Who should send, seen from us.</param>
    /// <param name="trackId">The id of the track we send: a token of at most 64 characters; null makes one up.</param>
    /// <exception cref="InvalidOperationException">There are <see cref="RtcPeerOptions.MaxAudioSections"/> already, or the peer has ended.</exception>
    /// <exception cref="ArgumentException">The track id is no token.</exception>
    public RtcAudioSection AddAudio(SdpDirection direction = SdpDirection.SendReceive, string? trackId = null)
    {
        if (_transport.IsEnded || _waiting.Count + _active.Count(s => !s.IsStopped) >= _options.MaxAudioSections)
            throw new InvalidOperationException("There are as many audio sections as the options allow, or the peer has ended.");
        if (trackId is not null)
            RtcPeerOptions.CheckToken(trackId, nameof(trackId));
        RtcAudioSection section = CreateSection(direction, trackId);
        _waiting.Add(section);
        _sectionList = null;
        return section;
    }

    /// <summary>
    /// Stops an audio section: nothing is sent or heard in it any more, and the next offer or answer rejects it. Its m-line may be used again for another one;
    /// only the one that carries the transport of the session stays where it is, inactive.
    /// One that is not in a description yet is forgotten. Stopping it again does nothing.
    /// </summary>
    public void RemoveAudio(RtcAudioSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        section.Stop();
        _waiting.Remove(section);
        _sectionList = null;
        FindSpeaking();
    }

    private RtcAudioSection CreateSection(SdpDirection direction, string? trackId = null)
    {
        var options = new AudioStreamOptions(
            _cname, _options.WallClockAtEpoch, _options.AudioQueueLength, _options.MaxRtpSize, _options.RetransmissionBudget);
        int number = _tracks++;
        trackId ??= number == 0 ? _options.TrackId : FormattableString.Invariant($"{_options.TrackId}-{number}");
        return new RtcAudioSection(new AudioStreams(_options.Random, options, _streams.Feedback), trackId, direction);
    }

    /// <summary>
    /// Which of our sections answer those of an offer: the ones that have their m-lines already, then those that wait for one, then new
    /// ones, as many as may be. Null stands for a section that is not in use.
    /// </summary>
    /// <returns>Changes nothing: what was made for the offer is thrown away with the result.</returns>
    private RtcAudioSection?[] Match(RemoteDescription offer)
    {
        var lines = new RtcAudioSection?[offer.Sections.Count];
        int room = _options.MaxAudioSections;
        for (int i = 0; i < Math.Min(lines.Length, _lines.Length); i++)
        {
            if (offer.Sections[i].Audio is null || _lines[i] is not { } present)
                continue;
            lines[i] = present;
            room -= present.IsStopped ? 0 : 1;
        }

        List<RtcAudioSection> waiting = [.. _waiting];
        Adopt(offer, lines, waiting, ref room, (offered, wanted) => wanted.HasFlag(SdpDirection.SendOnly) && offered.HasFlag(SdpDirection.ReceiveOnly));
        Adopt(offer, lines, waiting, ref room, (_, wanted) => wanted.HasFlag(SdpDirection.ReceiveOnly));
        for (int i = 0; i < lines.Length && room > 0; i++)
        {
            if (offer.Sections[i].Audio is null || lines[i] is not null)
                continue;

            // We have a voice for one section; the others are there to be heard.
            bool speaks = lines.Any(Speaks) || waiting.Exists(Speaks);
            lines[i] = CreateSection(speaks ? SdpDirection.ReceiveOnly : SdpDirection.SendReceive);
            room--;
        }

        return lines;

        static bool Speaks(RtcAudioSection? section) => section is { IsStopped: false } && section.WantedDirection.HasFlag(SdpDirection.SendOnly);
    }

    private static void Adopt(
        RemoteDescription offer, RtcAudioSection?[] lines, List<RtcAudioSection> waiting, ref int room, Func<SdpDirection, SdpDirection, bool> serves)
    {
        for (int i = 0; i < lines.Length && room > 0; i++)
        {
            if (offer.Sections[i].Audio is not { } audio || lines[i] is not null
                || waiting.Find(w => serves(audio.Direction, w.WantedDirection)) is not { } section)
                continue;
            waiting.Remove(section);
            lines[i] = section;
            room--;
        }
    }

    /// <summary>Puts what was agreed into force: tells what came, changed and went.</summary>
    private void ApplySections(Instant now, RemoteDescription remote, RtcAudioSection?[] lines, SdpDirection[] directions)
    {
        RtcAudioSection[] before = [.. _active];
        _active.Clear();
        _lines = lines;
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i] is not { } section)
                continue;
            NegotiatedAudio audio = remote.Sections[i].Audio!.Negotiate(directions[i]);
            NegotiatedAudio? old = section.Audio;
            section.Configure(i, audio);
            _waiting.Remove(section);
            _active.Add(section);
            if (_started)
                section.Streams.Start(now);
            if (section.IsStopped)
                TellRemoval(section);
            else if (old is null)
                RaiseSection(RtcPeerEventKind.AudioAdded, section);
            else if (!old.IsSameAs(audio))
                RaiseSection(RtcPeerEventKind.AudioRenegotiated, section);
        }

        foreach (RtcAudioSection section in before)
        {
            if (_active.Contains(section))
                continue;
            section.Stop();
            _stopped = RtcAudioStatistics.Sum(_stopped, section.GetStatistics(now));
            TellRemoval(section);
        }

        _streams.Set(_active.Select(s => s.Streams));
        _sectionList = null;
        FindSpeaking();
    }

    private void ApplyData(Instant now, RemoteDescription? before, RemoteDescription remote, bool isDtlsClient)
    {
        if (_sctp is not null && remote.DataIndex != before?.DataIndex)
        {
            // The far end's half ends with the same description: an abort would only meet the next association.
            _messagesSent += _sctp.Statistics.MessagesSent;
            _messagesReceived += _sctp.Statistics.MessagesReceived;
            _sctp = null;
            Raise(new RtcPeerEvent { Kind = RtcPeerEventKind.DataChannelsClosed, State = State, DataReason = SctpCloseReason.None });
        }

        if (remote.Data is not { } data || _sctp is not null)
            return;
        _sctp = CreateAssociation(data, isDtlsClient);
        if (_started)
            _sctp.Start(now);
    }

    // The first that we may send in; a caller may have one for each way.
    private void FindSpeaking()
    {
        foreach (RtcAudioSection section in _active)
        {
            if (!section.MaySend)
                continue;
            _speaking = section;
            return;
        }

        if (!_speaking.IsInUse && _active.Find(s => s.IsInUse) is { } other)
            _speaking = other;
    }

    private void TellRemoval(RtcAudioSection section)
    {
        if (section.IsRemovalTold)
            return;
        section.IsRemovalTold = true;
        RaiseSection(RtcPeerEventKind.AudioRemoved, section);
    }

    private void RaiseSection(RtcPeerEventKind kind, RtcAudioSection section) =>
        Raise(new RtcPeerEvent { Kind = kind, State = State, Section = section, Ssrc = section.LocalSsrc });
}
