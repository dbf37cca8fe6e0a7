using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer.Description;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Streams;
using AgentGateway.Rtc.Wire.Rtp;

namespace AgentGateway.Rtc.Peer;

/// <summary>Audio: packets out and in, tones, RTCP.</summary>
public sealed partial class RtcPeer
{
    private const int AudioBufferSize = 2048;

    // A key is pressed for at least 40 ms (RFC 4733 section 2.5.1.5 leaves it to the sender); more than this is no key press.
    private static readonly TimeSpan MinTone = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan MaxTone = TimeSpan.FromSeconds(6);

    private readonly AudioPreferences _preferences;
    private readonly RentedArray<byte> _audioBuffer = new(AudioBufferSize);

    // The packet of the last datagram, after the copies of lost ones that came with it.
    private readonly RtcPeerEvent[] _audioEvents = new RtcPeerEvent[RedPayload.MaxBlocks];
    private int _audioHead;
    private int _audioCount;
    private long _messagesSent;
    private long _messagesReceived;

    /// <summary>
    /// Queues one audio packet in the first section that we may send in. See the overload for a section.
    /// </summary>
    /// <inheritdoc cref="SendAudio(Instant, RtcAudioSection, ReadOnlySpan{byte}, long, bool, byte?)"/>
    public RtcSendResult SendAudio(Instant now, ReadOnlySpan<byte> payload, long mediaTimestamp, bool marker, byte? audioLevel = null) =>
        SendAudio(now, _speaking, payload, mediaTimestamp, marker, audioLevel);

    /// <summary>
    /// Queues one audio packet for the next poll; it is copied. Sequence numbers and the timestamp's random offset are added here. While
    /// a tone is sent, it takes the packet's place.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="section">A section of this peer.</param>
    /// <param name="payload">One encoded frame.</param>
    /// <param name="mediaTimestamp">
    /// Position on our own media clock (<see cref="NegotiatedAudio.ClockRate"/>), from any start; it grows by the length of the audio between
    /// two packets, sent or silent.
    /// </param>
    /// <param name="marker">True for the first packet after silence.</param>
    /// <param name="audioLevel">0 (loudest) .. 127 (silence) in -dBov, sent when the far end negotiated it (RFC 6464); null for none.</param>
    public RtcSendResult SendAudio(
        Instant now, RtcAudioSection section, ReadOnlySpan<byte> payload, long mediaTimestamp, bool marker, byte? audioLevel = null)
    {
        ArgumentNullException.ThrowIfNull(section);
        if (!_started || _transport.IsEnded)
            return RtcSendResult.NotConnected;
        if (section.IsStopped)
            return RtcSendResult.NotSending;
        return section.Streams.Send(now, payload, mediaTimestamp, marker, audioLevel) switch
        {
            AudioEnqueueResult.Ok => RtcSendResult.Ok,
            AudioEnqueueResult.NotSending => RtcSendResult.NotSending,
            AudioEnqueueResult.TooLarge => RtcSendResult.TooLarge,
            _ => RtcSendResult.QueueFull,
        };
    }

    /// <summary>Presses a telephone key for the far end (RFC 4733), in the first section that we may send in; several are sent one after the other.</summary>
    /// <param name="now">The time.</param>
    /// <param name="digit">0-9, *, #, A-D.</param>
    /// <param name="duration">40 ms to 6 s; shorter and longer ones are moved there.</param>
    /// <returns>
    /// False when the far end takes no telephone events on the codec's clock, we may not send, nothing is connected, or 32 keys wait.
    /// </returns>
    /// <exception cref="ArgumentException">There is no such key.</exception>
    public bool SendDigit(Instant now, char digit, TimeSpan duration)
    {
        byte telephoneEvent = TelephoneEventPayload.EventOf(digit) ?? throw new ArgumentException("A key is one of 0-9, *, #, A-D.", nameof(digit));
        if (!_started || _transport.IsEnded)
            return false;
        duration = duration < MinTone ? MinTone : duration > MaxTone ? MaxTone : duration;
        return !_speaking.IsStopped && _speaking.Streams.TrySendTone(now, telephoneEvent, duration);
    }

    /// <summary>A snapshot of all counters.</summary>
    public RtcStatistics GetStatistics(Instant now)
    {
        RtcAudioStatistics[] sections = [.. _active.Where(s => !s.IsRemovalTold).Select(s => s.GetStatistics(now))];
        RtcAudioStatistics sum = _active.Select(s => s.GetStatistics(now)).Aggregate(_stopped, RtcAudioStatistics.Sum);
        RtcAudioStatistics heard = sections.FirstOrDefault(s => s.RemoteSsrc is not null) ?? new RtcAudioStatistics();
        RtcAudioStatistics spoken = _speaking.GetStatistics(now);
        return new RtcStatistics
        {
            DatagramsSent = _datagramsSent,
            BytesSent = _bytesSent,
            DatagramsReceived = _datagramsReceived,
            BytesReceived = _bytesReceived,
            Audio = sum with
            {
                Jitter = heard.Jitter,
                RemoteFractionLost = spoken.RemoteFractionLost,
                RemoteJitter = spoken.RemoteJitter,
                RoundTripTime = spoken.RoundTripTime ?? heard.RoundTripTime,
                SinceLastAudio = heard.SinceLastAudio,
                RemoteSsrc = heard.RemoteSsrc,
            },
            AudioSections = [.. sections],
            RtcpReceived = _streams.RtcpReceived,
            RtcpFeedbackIgnored = _streams.FeedbackIgnored,
            RtcpIgnored = _streams.RtcpIgnored + sum.RtcpIgnored,
            TransportPacketsAcknowledged = _streams.Feedback.Acknowledged,
            TransportPacketsLost = _streams.Feedback.Lost,
            MessagesSent = _messagesSent + (_sctp?.Statistics.MessagesSent ?? 0),
            MessagesReceived = _messagesReceived + (_sctp?.Statistics.MessagesReceived ?? 0),
            Drops = _drops.Snapshot(),
            EngineDrops = EngineDropNames.Snapshot(_transport.Ice.Statistics, _transport.DtlsStatistics, _sctp?.Statistics),
        };
    }

    private void DropUnpolledAudio()
    {
        for (; _audioHead < _audioCount; _audioHead++)
            _drops.Count(RtcDropReason.EventOverflow);
        _audioHead = 0;
        _audioCount = 0;
    }

    private bool TryTakeAudio(out RtcPeerEvent e)
    {
        if (_audioHead == _audioCount)
        {
            e = default;
            return false;
        }

        e = _audioEvents[_audioHead++];
        return true;
    }

    private bool TryBuildMedia(Span<byte> buffer, out int length, out DatagramPath path)
    {
        length = 0;
        path = default;
        if (!_started || (_transport.IsEnded && _closedAt is null))
            return false;
        Span<byte> plain = buffer[.._options.MaxRtpSize];
        foreach (RtcAudioSection section in _active)
        {
            AudioStreams streams = section.Streams;
            while (streams.Sender.TryDequeue(plain, out length))
            {
                ushort sequence = RtpPacket.ReadSequenceNumber(plain);
                if (!_transport.TryProtect(buffer, isRtcp: false, ref length, out path))
                    continue;
                streams.Remember(streams.Sender.LastSentAt, sequence, buffer[..length]);
                return true;
            }

            if (_transport.Ice.SelectedPath is { } selected && streams.TryDequeueRetransmission(buffer, out length))
            {
                path = selected;
                return true;
            }

            if (streams.TryPollRtcp(plain, out length) && _transport.TryProtect(buffer, isRtcp: true, ref length, out path))
                return true;
        }

        if (!_transport.IsEnded && _streams.TryPollFeedback(plain, out length))
            return _transport.TryProtect(buffer, isRtcp: true, ref length, out path);
        length = 0;
        return false;
    }

    private void HandleRtp(Instant now, ReadOnlySpan<byte> datagram)
    {
        if (!RtpPacket.TryParse(datagram, out RtpPacket rtp))
        {
            _drops.Count(RtcDropReason.RtpMalformed);
            return;
        }

        int at = _streams.Route(rtp, out RtpVerdict verdict);
        RtcAudioSection? section = null;
        ReceivedAudioPacket packet = default;
        if (at >= 0)
        {
            section = _active[at];
            _streams.NoteArrival(now, at, rtp);
            verdict = section.IsStopped ? RtpVerdict.NotReceiving : section.Streams.HandleRtp(now, rtp, datagram.Length, out packet);
        }

        if (section is null || verdict is RtpVerdict.Malformed or RtpVerdict.UnknownPayloadType or RtpVerdict.UnknownStream or RtpVerdict.NotReceiving
            || rtp.Payload.Length > _audioBuffer.Length)
        {
            _drops.Count(verdict switch
            {
                RtpVerdict.UnknownPayloadType => RtcDropReason.UnknownPayloadType,
                RtpVerdict.UnknownStream => RtcDropReason.UnknownStream,
                RtpVerdict.NotReceiving => RtcDropReason.NotReceiving,
                _ => RtcDropReason.RtpMalformed,
            });
            return;
        }

        if (packet.IsNewStream)
            Raise(new RtcPeerEvent { Kind = RtcPeerEventKind.RemoteStreamChanged, Section = section, Ssrc = packet.Ssrc });

        // All blocks of a RED payload lie in it: one copy serves them all.
        int start = datagram.Length - rtp.PaddingLength - rtp.Payload.Length;
        rtp.Payload.CopyTo(_audioBuffer.Span);
        foreach (ref readonly ReceivedAudioPacket recovered in section.Streams.Recovered)
            AddPacket(RtcPeerEventKind.AudioReceived, section, recovered, start);
        if (verdict == RtpVerdict.Duplicate)
            return;
        if (verdict == RtpVerdict.TelephoneEvent)
            TellDigit(section, packet, rtp.Payload);
        AddPacket(
            verdict switch
            {
                RtpVerdict.TelephoneEvent => RtcPeerEventKind.TelephoneEventReceived,
                RtpVerdict.ComfortNoise => RtcPeerEventKind.ComfortNoiseReceived,
                _ => RtcPeerEventKind.AudioReceived,
            },
            section,
            packet,
            start);
    }

    private void AddPacket(RtcPeerEventKind kind, RtcAudioSection section, in ReceivedAudioPacket packet, int start)
    {
        (int offset, int length) = (packet.Payload.Start.Value - start, packet.Payload.End.Value - packet.Payload.Start.Value);
        _audioEvents[_audioCount++] = new RtcPeerEvent
        {
            Kind = kind,
            Section = section,
            Ssrc = packet.Ssrc,
            Sequence = packet.Sequence,
            Timestamp = packet.Timestamp,
            PayloadType = packet.PayloadType,
            Marker = packet.Marker,
            IsRecovered = packet.IsRecovered,
            AudioLevel = packet.AudioLevel,
            Payload = _audioBuffer.Memory.Slice(offset, length),
        };
    }

    // All packets of a tone have its first timestamp (RFC 4733 section 2.2.1); one late packet of an earlier tone is none.
    private void TellDigit(RtcAudioSection section, in ReceivedAudioPacket packet, ReadOnlySpan<byte> payload)
    {
        if (!TelephoneEventPayload.TryRead(payload, out TelephoneEventPayload tone) || tone.Digit is not { } digit
            || (section.LastTone is { } last && last.Ssrc == packet.Ssrc && packet.Timestamp <= last.Timestamp))
            return;
        bool continues = section.LastTone is { } before && before.Ssrc == packet.Ssrc && !packet.Marker
            && packet.Timestamp - before.Timestamp == ushort.MaxValue;
        section.LastTone = (packet.Ssrc, packet.Timestamp);
        if (!continues)
            Raise(new RtcPeerEvent { Kind = RtcPeerEventKind.DigitReceived, Section = section, Ssrc = packet.Ssrc, Digit = digit, Timestamp = packet.Timestamp });
    }

    private void HandleRtcp(Instant now, ReadOnlySpan<byte> datagram)
    {
        _streams.HandleRtcp(now, datagram);
        while (_streams.TryTakeBye(out (AudioStreams Streams, uint Ssrc) bye))
            Raise(new RtcPeerEvent { Kind = RtcPeerEventKind.RemoteBye, Section = FindSection(bye.Streams), Ssrc = bye.Ssrc });
    }

    // Not by a lambda: its closure would be made for every packet of RTCP.
    private RtcAudioSection? FindSection(AudioStreams streams)
    {
        foreach (RtcAudioSection section in _active)
        {
            if (section.Streams == streams)
                return section;
        }

        return null;
    }
}
