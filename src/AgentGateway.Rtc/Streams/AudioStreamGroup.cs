using System.Buffers.Binary;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Wire.Rtcp;
using AgentGateway.Rtc.Wire.Rtp;

namespace AgentGateway.Rtc.Streams;

/// <summary>
/// The streams of all audio sections that share one transport: says which of them a packet belongs to (RFC 8843 section 9.2), hands RTCP
/// to those it is about, and has the feedback that is about all of them. Not thread-safe: one owner.
/// </summary>
internal sealed class AudioStreamGroup
{
    private readonly List<AudioStreams> _streams = [];
    private readonly Dictionary<uint, AudioStreams> _sources = [];
    private readonly Queue<(AudioStreams Streams, uint Ssrc)> _byes = new();
    private bool _feedbackDue;

    /// <summary>Arrival times of all packets, and what the far end says of ours.</summary>
    public TransportWideFeedback Feedback { get; } = new();

    /// <summary>Authentic RTCP datagrams received.</summary>
    public long RtcpReceived { get; private set; }

    /// <summary>Parts of them that did not parse or are about nothing here.</summary>
    public long RtcpIgnored { get; private set; }

    /// <summary>Feedback in them that was not negotiated.</summary>
    public long FeedbackIgnored { get; private set; }

    public Instant? NextTimeout
    {
        get
        {
            Instant? next = UsesFeedback ? Feedback.NextTimeout : null;
            foreach (AudioStreams streams in _streams)
                next = Instant.Earliest(next, streams.NextTimeout);
            return next;
        }
    }

    /// <summary>Sources whose section is known; for tests.</summary>
    internal int SourceCount => _sources.Count;

    private bool UsesFeedback
    {
        get
        {
            foreach (AudioStreams streams in _streams)
            {
                if (streams.UsesTransportFeedback)
                    return true;
            }

            return false;
        }
    }

    /// <summary>
    /// Takes the streams of the sections in use, each configured, in the order of the sections: <see cref="Route"/> answers with the place in it.
    /// </summary>
    public void Set(IEnumerable<AudioStreams> streams)
    {
        _streams.Clear();
        _streams.AddRange(streams);
        _sources.Clear();

        // What is signalled overrules what was guessed: packets may overtake the description that says whose they are.
        foreach (AudioStreams each in _streams)
        {
            foreach (uint ssrc in each.SignalledSources)
                _sources.TryAdd(ssrc, each);
        }

        foreach (AudioStreams each in _streams)
        {
            foreach (uint ssrc in each.LearnedSources.ToArray())
            {
                if (!_sources.TryAdd(ssrc, each) && _sources[ssrc] != each)
                    each.Forget(ssrc);
            }
        }
    }

    /// <summary>Which section a packet belongs to.</summary>
    /// <param name="rtp">An authentic packet.</param>
    /// <param name="verdict">Why it belongs to none.</param>
    /// <returns>The place of its streams, or -1.</returns>
    public int Route(in RtpPacket rtp, out RtpVerdict verdict)
    {
        verdict = RtpVerdict.UnknownStream;
        switch (FindByMid(rtp, out AudioStreams? found))
        {
            case MidMatch.Unknown:
                return -1;
            case MidMatch.Known:
                Learn(rtp.Ssrc, found!);
                break;
            default:
                if (_sources.TryGetValue(rtp.Ssrc, out found))
                    break;
                found = FindByPayloadType(rtp.PayloadType, receivingOnly: true, out bool several);
                if (found is null && !several)
                    found = FindByPayloadType(rtp.PayloadType, receivingOnly: false, out several);
                if (found is null)
                {
                    verdict = several ? RtpVerdict.UnknownStream : RtpVerdict.UnknownPayloadType;
                    return -1;
                }

                Learn(rtp.Ssrc, found);
                break;
        }

        verdict = RtpVerdict.Audio;
        return _streams.IndexOf(found!);
    }

    /// <summary>Notes the transport-wide number of a packet that was routed.</summary>
    public void NoteArrival(Instant now, int index, in RtpPacket rtp)
    {
        if (_streams[index].TransportSequenceExtension is { } id
            && rtp.Extensions.TryFind(id, out ReadOnlySpan<byte> value)
            && RtpExtensionValue.TryReadTransportSequence(value, out ushort sequence))
            Feedback.Add(now, sequence);
    }

    public void HandleTimeout(Instant now)
    {
        foreach (AudioStreams streams in _streams)
            streams.HandleTimeout(now);
        _feedbackDue |= UsesFeedback && Feedback.TakeDue(now);
    }

    /// <summary>Reads an authentic compound packet. Who said BYE in it is told by <see cref="TryTakeBye"/>.</summary>
    public void HandleRtcp(Instant now, ReadOnlySpan<byte> datagram)
    {
        RtcpReceived++;
        if (!RtcpPacket.IsWellFormed(datagram))
        {
            RtcpIgnored++;
            return;
        }

        while (RtcpPacket.TryRead(ref datagram, out RtcpPacket packet))
        {
            switch (packet.Type)
            {
                case RtcpPacketType.SenderReport or RtcpPacketType.ReceiverReport:
                    HandleReport(now, packet);
                    break;
                case RtcpPacketType.Bye:
                    HandleBye(packet);
                    break;
                case RtcpPacketType.TransportFeedback or RtcpPacketType.PayloadFeedback when RtcpFeedback.TryRead(packet, out RtcpFeedback feedback):
                    HandleFeedback(now, feedback);
                    break;
                case RtcpPacketType.ExtendedReport:
                    HandleExtendedReport(now, packet);
                    break;
                case RtcpPacketType.SourceDescription or RtcpPacketType.Application:
                    break;
                default:
                    RtcpIgnored++;
                    break;
            }
        }
    }

    /// <summary>Takes the next stream that the far end said BYE for.</summary>
    public bool TryTakeBye(out (AudioStreams Streams, uint Ssrc) bye) => _byes.TryDequeue(out bye);

    /// <summary>Builds the transport-wide feedback that is due; false when none is.</summary>
    public bool TryPollFeedback(Span<byte> buffer, out int length)
    {
        length = 0;
        if (!_feedbackDue || _streams.Count == 0)
            return false;
        _feedbackDue = false;
        Span<byte> control = stackalloc byte[TransportWideFeedback.MaxControlLength];
        if (!Feedback.TryBuild(control, out int controlLength))
            return false;

        // It names one stream of each side, and which one does not matter.
        AudioStreams streams = _streams[0];
        foreach (AudioStreams each in _streams)
        {
            if (each.Receiver is null)
                continue;
            streams = each;
            break;
        }

        var writer = new RtcpWriter(buffer);
        if (!streams.TryWritePrefix(ref writer) || !writer.TryAddTransportFeedback(streams.Sender.Ssrc, streams.Receiver?.Ssrc ?? 0, control[..controlLength]))
            return false;
        length = writer.Length;
        return true;
    }

    private MidMatch FindByMid(in RtpPacket rtp, out AudioStreams? found)
    {
        // Sections of one transport have one id for it (RFC 8843 section 7), but nothing is lost by not relying on that.
        found = null;
        var match = MidMatch.None;
        foreach (AudioStreams streams in _streams)
        {
            if (streams.MidExtension is not { } id || !rtp.Extensions.TryFind(id, out ReadOnlySpan<byte> mid))
                continue;
            match = MidMatch.Unknown;
            if (!RtpExtensionValue.MidEquals(mid, streams.Mid))
                continue;
            found = streams;
            return MidMatch.Known;
        }

        return match;
    }

    private AudioStreams? FindByPayloadType(byte payloadType, bool receivingOnly, out bool several)
    {
        AudioStreams? found = null;
        several = false;
        foreach (AudioStreams streams in _streams)
        {
            if (!streams.Knows(payloadType) || (receivingOnly && !streams.MayReceive))
                continue;
            several = found is not null;
            if (several)
                return null;
            found = streams;
        }

        return found;
    }

    private void Learn(uint ssrc, AudioStreams streams)
    {
        if (_sources.TryGetValue(ssrc, out AudioStreams? before))
        {
            if (before == streams)
                return;
            before.Forget(ssrc);
        }

        if (streams.Learn(ssrc) is { } forgotten && _sources.GetValueOrDefault(forgotten) == streams)
            _sources.Remove(forgotten);
        _sources[ssrc] = streams;
    }

    private AudioStreams? FindSender(uint ssrc)
    {
        foreach (AudioStreams streams in _streams)
        {
            if (streams.Sender.Ssrc == ssrc)
                return streams;
        }

        return null;
    }

    private AudioStreams? FindReceiver(uint ssrc)
    {
        foreach (AudioStreams streams in _streams)
        {
            if (streams.Receiver?.Ssrc == ssrc)
                return streams;
        }

        return null;
    }

    private void HandleReport(Instant now, in RtcpPacket packet)
    {
        if (!RtcpReport.TryRead(packet, out RtcpReport report))
        {
            RtcpIgnored++;
            return;
        }

        if (report.IsSender)
            FindReceiver(report.Ssrc)?.Receiver!.HandleSenderReport(now, report.NtpTimestamp);
        for (int i = 0; i < report.BlockCount; i++)
        {
            RtcpReportBlock block = report.Block(i);
            FindSender(block.Ssrc)?.HandleBlock(now, block);
        }
    }

    private void HandleExtendedReport(Instant now, in RtcpPacket packet)
    {
        if (!RtcpExtendedReport.TryRead(packet, out RtcpExtendedReport report))
        {
            RtcpIgnored++;
            return;
        }

        // Who asks need not be sending, so any stream answers: the first one that has no other question waiting.
        if (report.TryGetReferenceTime(out NtpTimestamp time))
        {
            foreach (AudioStreams streams in _streams)
            {
                if (streams.TryTakeReferenceTime(now, report.Ssrc, time))
                    break;
            }
        }

        foreach (AudioStreams streams in _streams)
        {
            if (report.TryGetDelay(streams.Sender.Ssrc, out uint sentAt, out uint delay))
                streams.HandleRoundTrip(now, sentAt, delay);
        }
    }

    private void HandleFeedback(Instant now, in RtcpFeedback feedback)
    {
        if (feedback.Kind == RtcpFeedbackKind.TransportCongestion && UsesFeedback)
        {
            HandleArrivals(feedback);
            return;
        }

        if (feedback.Kind != RtcpFeedbackKind.Nack || FindSender(feedback.MediaSsrc) is not { } asked || !asked.TryHandleNack(now, feedback))
            FeedbackIgnored++;
    }

    // About all streams of the connection: read once, told to each.
    private void HandleArrivals(in RtcpFeedback feedback)
    {
        if (!RtcpTransportFeedback.TryRead(feedback, out RtcpTransportFeedback arrivals))
        {
            RtcpIgnored++;
            return;
        }

        Feedback.Handle(arrivals, out int acknowledged, out int lost, out int runs);
        foreach (AudioStreams streams in _streams)
            streams.HandleTransportLoss(acknowledged, lost, runs);
    }

    private void HandleBye(in RtcpPacket packet)
    {
        if (!packet.TryReadBye(out ReadOnlySpan<byte> sources))
        {
            RtcpIgnored++;
            return;
        }

        for (; sources.Length >= sizeof(uint); sources = sources[sizeof(uint)..])
        {
            uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(sources);
            if (FindReceiver(ssrc) is not { } streams || streams.Receiver!.SaidBye)
                continue;
            streams.Receiver.SaidBye = true;
            _byes.Enqueue((streams, ssrc));
        }
    }

    private enum MidMatch
    {
        /// <summary>The packet has no mid.</summary>
        None,

        /// <summary>It has one of no section here.</summary>
        Unknown,

        /// <summary>It names a section.</summary>
        Known,
    }
}
