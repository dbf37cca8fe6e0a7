using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer.Description;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Streams;
using AgentGateway.Rtc.Wire.Rtcp;
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
    private readonly List<AudioSection> _sections = [];
    private readonly TransportWideFeedback _transportFeedback = new();
    private readonly byte[] _audioBuffer = new byte[AudioBufferSize];

    // The packet of the last datagram, after the copies of lost ones that came with it.
    private readonly RtcPeerEvent[] _audioEvents = new RtcPeerEvent[RedPayload.MaxBlocks];
    private int _audioHead;
    private int _audioCount;
    private bool _transportFeedbackDue;

    /// <summary>What was agreed for audio, or null before a description was accepted.</summary>
    public NegotiatedAudio? Audio => _sections[0].Audio;

    /// <summary>The SSRC of the audio we send.</summary>
    public uint LocalSsrc => _sections[0].Streams.Sender.Ssrc;

    /// <summary>What the far end last reported about the audio we send. Cheap: may be read for every packet.</summary>
    public RtcRemoteReport RemoteReport
    {
        get
        {
            StreamStatistics statistics = _sections[0].Streams.Statistics;
            return new RtcRemoteReport(statistics.RemoteReports, statistics.RemoteFractionLost, statistics.RemoteJitter, statistics.RoundTrip);
        }
    }

    private Instant? NextMediaTimeout
    {
        get
        {
            Instant? next = HasTransportFeedback ? _transportFeedback.NextTimeout : null;
            foreach (AudioSection section in _sections)
                next = Instant.Earliest(next, section.Streams.NextTimeout);
            return next;
        }
    }

    /// <summary>
    /// Queues one audio packet for the next poll; it is copied. Sequence numbers and the timestamp's random offset are added here. While
    /// a tone is sent, it takes the packet's place.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="payload">One encoded frame.</param>
    /// <param name="mediaTimestamp">
    /// Position on our own media clock (<see cref="NegotiatedAudio.ClockRate"/>), from any start; it grows by the length of the audio between
    /// two packets, sent or silent.
    /// </param>
    /// <param name="marker">True for the first packet after silence.</param>
    /// <param name="audioLevel">0 (loudest) .. 127 (silence) in -dBov, sent when the far end negotiated it (RFC 6464); null for none.</param>
    public RtcSendResult SendAudio(Instant now, ReadOnlySpan<byte> payload, long mediaTimestamp, bool marker, byte? audioLevel = null)
    {
        if (!_started || _transport.IsEnded)
            return RtcSendResult.NotConnected;
        return _sections[0].Streams.Send(now, payload, mediaTimestamp, marker, audioLevel) switch
        {
            AudioEnqueueResult.Ok => RtcSendResult.Ok,
            AudioEnqueueResult.NotSending => RtcSendResult.NotSending,
            AudioEnqueueResult.TooLarge => RtcSendResult.TooLarge,
            _ => RtcSendResult.QueueFull,
        };
    }

    /// <summary>Presses a telephone key for the far end (RFC 4733); several are sent one after the other.</summary>
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
        return _sections[0].Streams.TrySendTone(now, telephoneEvent, duration);
    }

    /// <summary>A snapshot of all counters.</summary>
    public RtcStatistics GetStatistics(Instant now)
    {
        AudioStreams streams = _sections[0].Streams;
        StreamStatistics statistics = streams.Statistics;
        (long asked, long answered) = streams.Requests;
        return new RtcStatistics
        {
            DatagramsSent = _datagramsSent,
            BytesSent = _bytesSent,
            DatagramsReceived = _datagramsReceived,
            BytesReceived = _bytesReceived,
            AudioPacketsSent = streams.Sender.PacketsSent,
            AudioBytesSent = streams.Sender.BytesSent,
            AudioPacketsReceived = statistics.PacketsReceived,
            AudioBytesReceived = statistics.BytesReceived,
            PacketsLost = streams.Receiver?.PacketsLost ?? 0,
            Jitter = streams.Receiver?.Jitter ?? TimeSpan.Zero,
            RemotePacketsLost = statistics.RemotePacketsLost,
            RemoteFractionLost = statistics.RemoteFractionLost,
            RemoteJitter = statistics.RemoteJitter,
            RoundTripTime = statistics.RoundTrip,
            SinceLastAudio = streams.Receiver is { } receiver ? now - receiver.LastPacketAt : null,
            RemoteSsrc = streams.Receiver?.Ssrc,
            RemoteStreamChanges = statistics.StreamChanges,
            RtcpSent = statistics.RtcpSent,
            RtcpReceived = statistics.RtcpReceived,
            RtcpFeedbackIgnored = statistics.FeedbackIgnored,
            RtcpIgnored = statistics.RtcpIgnored,
            RetransmissionsRequested = statistics.RetransmissionsRequested,
            RetransmissionsSent = statistics.RetransmissionsSent,
            PacketsRequested = asked,
            PacketsRetransmitted = answered,
            PacketsRecoveredByRedundancy = statistics.RecoveredByRedundancy,
            RedundantPacketsSent = streams.Sender.RedundantPacketsSent,
            TransportPacketsAcknowledged = _transportFeedback.Acknowledged,
            TransportPacketsLost = _transportFeedback.Lost,
            MessagesSent = _sctp?.Statistics.MessagesSent ?? 0,
            MessagesReceived = _sctp?.Statistics.MessagesReceived ?? 0,
            Drops = _drops.Snapshot(),
            EngineDrops = EngineDropNames.Snapshot(_transport.Ice.Statistics, _transport.DtlsStatistics, _sctp?.Statistics),
        };
    }

    private AudioSection CreateSection()
    {
        var options = new AudioStreamOptions(
            _cname, _options.WallClockAtEpoch, _options.AudioQueueLength, _options.MaxRtpSize, _options.RetransmissionBudget);
        return new AudioSection(new AudioStreams(_options.Random, options, _transportFeedback));
    }

    private bool HasTransportFeedback => _sections[0].Audio is { TransportFeedback: true };

    private void HandleMediaTimeout(Instant now)
    {
        foreach (AudioSection section in _sections)
            section.Streams.HandleTimeout(now);
        _transportFeedbackDue |= HasTransportFeedback && _transportFeedback.TakeDue(now);
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
        foreach (AudioSection section in _sections)
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

        return TryBuildTransportFeedback(plain, out length) && _transport.TryProtect(buffer, isRtcp: true, ref length, out path);
    }

    private bool TryBuildTransportFeedback(Span<byte> plain, out int length)
    {
        length = 0;
        if (!_transportFeedbackDue || _transport.IsEnded)
            return false;
        _transportFeedbackDue = false;
        if (!_transportFeedback.TryBuild(out ReadOnlySpan<byte> control))
            return false;
        AudioStreams streams = _sections[0].Streams;
        var writer = new RtcpWriter(plain);
        if (!streams.TryWritePrefix(ref writer) || !writer.TryAddTransportFeedback(streams.Sender.Ssrc, streams.Receiver?.Ssrc ?? 0, control))
            return false;
        length = writer.Length;
        return true;
    }

    private void HandleRtp(Instant now, ReadOnlySpan<byte> datagram)
    {
        if (!RtpPacket.TryParse(datagram, out RtpPacket rtp))
        {
            _drops.Count(RtcDropReason.RtpMalformed);
            return;
        }

        AudioSection section = _sections[0];
        NoteTransportSequence(now, section, rtp);
        RtpVerdict verdict = section.Streams.HandleRtp(now, rtp, datagram.Length, out ReceivedAudioPacket packet);
        if (verdict is RtpVerdict.Malformed or RtpVerdict.UnknownPayloadType or RtpVerdict.UnknownStream or RtpVerdict.NotReceiving
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
            Raise(new RtcPeerEvent { Kind = RtcPeerEventKind.RemoteStreamChanged, Ssrc = packet.Ssrc });

        // All blocks of a RED payload lie in it: one copy serves them all.
        int start = datagram.Length - rtp.PaddingLength - rtp.Payload.Length;
        rtp.Payload.CopyTo(_audioBuffer);
        foreach (ref readonly ReceivedAudioPacket recovered in section.Streams.Recovered)
            AddAudio(RtcPeerEventKind.AudioReceived, recovered, start);
        if (verdict == RtpVerdict.Duplicate)
            return;
        if (verdict == RtpVerdict.TelephoneEvent)
            TellDigit(section, packet, rtp.Payload);
        AddAudio(
            verdict switch
            {
                RtpVerdict.TelephoneEvent => RtcPeerEventKind.TelephoneEventReceived,
                RtpVerdict.ComfortNoise => RtcPeerEventKind.ComfortNoiseReceived,
                _ => RtcPeerEventKind.AudioReceived,
            },
            packet,
            start);
    }

    private void AddAudio(RtcPeerEventKind kind, in ReceivedAudioPacket packet, int start)
    {
        (int offset, int length) = (packet.Payload.Start.Value - start, packet.Payload.End.Value - packet.Payload.Start.Value);
        _audioEvents[_audioCount++] = new RtcPeerEvent
        {
            Kind = kind,
            Ssrc = packet.Ssrc,
            Sequence = packet.Sequence,
            Timestamp = packet.Timestamp,
            PayloadType = packet.PayloadType,
            Marker = packet.Marker,
            IsRecovered = packet.IsRecovered,
            AudioLevel = packet.AudioLevel,
            Payload = _audioBuffer.AsMemory(offset, length),
        };
    }

    // All packets of a tone have its first timestamp (RFC 4733 section 2.2.1); one late packet of an earlier tone is none.
    private void TellDigit(AudioSection section, in ReceivedAudioPacket packet, ReadOnlySpan<byte> payload)
    {
        if (!TelephoneEventPayload.TryRead(payload, out TelephoneEventPayload tone) || tone.Digit is not { } digit
            || (section.LastTone is { } last && last.Ssrc == packet.Ssrc && packet.Timestamp <= last.Timestamp))
            return;
        bool continues = section.LastTone is { } before && before.Ssrc == packet.Ssrc && !packet.Marker
            && packet.Timestamp - before.Timestamp == ushort.MaxValue;
        section.LastTone = (packet.Ssrc, packet.Timestamp);
        if (!continues)
            Raise(new RtcPeerEvent { Kind = RtcPeerEventKind.DigitReceived, Ssrc = packet.Ssrc, Digit = digit, Timestamp = packet.Timestamp });
    }

    private void NoteTransportSequence(Instant now, AudioSection section, in RtpPacket rtp)
    {
        if (section.Audio is { TransportFeedback: true, TransportSequenceExtension: { } id }
            && rtp.Extensions.TryFind(id, out ReadOnlySpan<byte> value)
            && RtpExtensionValue.TryReadTransportSequence(value, out ushort sequence))
            _transportFeedback.Add(now, sequence);
    }

    private void HandleRtcp(Instant now, ReadOnlySpan<byte> datagram)
    {
        if (HasTransportFeedback)
            HandleTransportFeedback(datagram);
        foreach (AudioSection section in _sections)
        {
            if (section.Streams.HandleRtcp(now, datagram) is { } ssrc)
                Raise(new RtcPeerEvent { Kind = RtcPeerEventKind.RemoteBye, Ssrc = ssrc });
        }
    }

    // It is about all streams of the connection: read once, told to each.
    private void HandleTransportFeedback(ReadOnlySpan<byte> datagram)
    {
        if (!RtcpPacket.IsWellFormed(datagram))
            return;
        while (RtcpPacket.TryRead(ref datagram, out RtcpPacket packet))
        {
            if (!RtcpFeedback.TryRead(packet, out RtcpFeedback feedback) || !RtcpTransportFeedback.TryRead(feedback, out RtcpTransportFeedback arrivals))
                continue;
            _transportFeedback.Handle(arrivals, out int acknowledged, out int lost, out int runs);
            foreach (AudioSection section in _sections)
                section.Streams.HandleTransportLoss(acknowledged, lost, runs);
        }
    }
}
