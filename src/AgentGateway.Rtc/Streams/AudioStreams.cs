using System.Buffers.Binary;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Wire.Rtcp;
using AgentGateway.Rtc.Wire.Rtp;

namespace AgentGateway.Rtc.Streams;

/// <summary>
/// Both directions of a call's audio above SRTP: the stream we send, the one stream we listen to, and RTCP about both.
/// Works on plain packets. Not thread-safe: one owner. See DESIGN.md.
/// </summary>
internal sealed class AudioStreams
{
    // The longest gap of a stream that is still sending: Opus DTX refreshes every 400 ms.
    private static readonly TimeSpan TakeoverSilence = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxPlausibleRoundTrip = TimeSpan.FromSeconds(60);

    private readonly IRandomSource _random;
    private readonly string _cname;
    private readonly DateTimeOffset _wallClockAtEpoch;
    private readonly TimerTable<StreamTimer> _timers = new();
    private AudioStreamConfiguration? _configuration;
    private AudioStreamReceiver? _receiver;
    private Instant? _reportDue;
    private bool _byeDue;
    private bool _ended;
    private long _packetsAtLastReport;
    private long _packetsAtReportBefore;

    /// <param name="random">Random numbers of the stream and its report times.</param>
    /// <param name="cname">Our canonical name.</param>
    /// <param name="wallClockAtEpoch">The wall-clock time of <see cref="Instant.Zero"/>.</param>
    /// <param name="queueLength">Outgoing packets that may wait.</param>
    /// <param name="maxPacketSize">The largest plain packet, in bytes.</param>
    public AudioStreams(IRandomSource random, string cname, DateTimeOffset wallClockAtEpoch, int queueLength, int maxPacketSize)
    {
        _random = random;
        _cname = cname;
        _wallClockAtEpoch = wallClockAtEpoch;
        Sender = new AudioStreamSender(random, queueLength, maxPacketSize);
    }

    public AudioStreamSender Sender { get; }

    /// <summary>The stream listened to, or null before its first packet.</summary>
    public AudioStreamReceiver? Receiver => _receiver;

    public StreamStatistics Statistics { get; } = new();

    public Instant? NextTimeout => _timers.Next;

    /// <summary>Applies what was negotiated; again after a renegotiation.</summary>
    public void Configure(AudioStreamConfiguration configuration)
    {
        _configuration = configuration;
        Sender.Configure(configuration);
    }

    /// <summary>Begins to report: keys are there.</summary>
    public void Start(Instant now) => _timers.SetIfUnset(StreamTimer.RtcpReport, now + RtcpSchedule.First(_random));

    /// <summary>Says BYE with the next poll and stops reporting.</summary>
    public void End(Instant now)
    {
        if (_ended)
            return;
        _ended = true;
        _byeDue = true;
        _reportDue = now;
        _timers.ClearAll();
    }

    public void HandleTimeout(Instant now)
    {
        while (_timers.TryPopExpired(now, out _))
        {
            _reportDue = now;
            _timers.Set(StreamTimer.RtcpReport, now + RtcpSchedule.Next(_random));
        }
    }

    /// <summary>Judges an authentic packet and counts it.</summary>
    public RtpVerdict HandleRtp(Instant now, ReadOnlySpan<byte> datagram, out ReceivedAudioPacket packet)
    {
        packet = default;
        if (!RtpPacket.TryParse(datagram, out RtpPacket rtp))
            return RtpVerdict.Malformed;
        if (_configuration is not { } configuration)
            return RtpVerdict.UnknownPayloadType;
        bool isEvent = rtp.PayloadType == configuration.TelephoneEventPayloadType;
        if (rtp.PayloadType != configuration.PayloadType && !isEvent)
            return RtpVerdict.UnknownPayloadType;
        if (configuration.MidExtension is { } midId
            && rtp.Extensions.TryFind(midId, out ReadOnlySpan<byte> mid)
            && !RtpExtensionValue.MidEquals(mid, configuration.Mid))
            return RtpVerdict.UnknownStream;

        bool isNew = _receiver is null || _receiver.Ssrc != rtp.Ssrc;
        if (!configuration.MayReceive)
        {
            // Under way when the direction changed: not wanted, but not lost either.
            if (!isNew)
                _receiver!.Handle(now, rtp.SequenceNumber, rtp.Timestamp, !isEvent, out _, out _);
            return RtpVerdict.NotReceiving;
        }

        if (isNew && _receiver is { SaidBye: false } current && now - current.LastPacketAt < TakeoverSilence)
            return RtpVerdict.UnknownStream;
        if (isNew)
        {
            if (_receiver is not null)
                Statistics.StreamChanges++;
            _receiver = new AudioStreamReceiver(rtp.Ssrc, configuration.ClockRate);
        }

        _receiver!.Handle(now, rtp.SequenceNumber, rtp.Timestamp, !isEvent, out long sequence, out long timestamp);
        Statistics.PacketsReceived++;
        Statistics.BytesReceived += rtp.Payload.Length;
        byte? audioLevel = null;
        if (configuration.AudioLevelExtension is { } levelId
            && rtp.Extensions.TryFind(levelId, out ReadOnlySpan<byte> value)
            && RtpExtensionValue.TryReadAudioLevel(value, out byte level, out _))
            audioLevel = level;
        int end = datagram.Length - rtp.PaddingLength;
        packet = new ReceivedAudioPacket
        {
            Ssrc = rtp.Ssrc,
            Sequence = sequence,
            Timestamp = timestamp,
            PayloadType = rtp.PayloadType,
            Marker = rtp.Marker,
            AudioLevel = audioLevel,
            IsNewStream = isNew,
            Payload = (end - rtp.Payload.Length)..end,
        };
        return isEvent ? RtpVerdict.TelephoneEvent : RtpVerdict.Audio;
    }

    /// <summary>Reads an authentic compound packet.</summary>
    /// <param name="now">When it arrived.</param>
    /// <param name="datagram">The plain packet.</param>
    /// <returns>The SSRC of the stream listened to when it said BYE; else null.</returns>
    public uint? HandleRtcp(Instant now, ReadOnlySpan<byte> datagram)
    {
        Statistics.RtcpReceived++;
        if (!RtcpPacket.IsWellFormed(datagram))
        {
            Statistics.RtcpIgnored++;
            return null;
        }

        uint? bye = null;
        while (RtcpPacket.TryRead(ref datagram, out RtcpPacket packet))
        {
            switch (packet.Type)
            {
                case RtcpPacketType.SenderReport or RtcpPacketType.ReceiverReport:
                    HandleReport(now, packet);
                    break;
                case RtcpPacketType.Bye:
                    bye = HandleBye(packet) ?? bye;
                    break;
                case RtcpPacketType.TransportFeedback or RtcpPacketType.PayloadFeedback when RtcpFeedback.TryRead(packet, out _):
                    // Nothing to act on: audio is neither retransmitted nor congestion controlled here.
                    Statistics.FeedbackIgnored++;
                    break;
                case RtcpPacketType.SourceDescription or RtcpPacketType.ExtendedReport or RtcpPacketType.Application:
                    break;
                default:
                    Statistics.RtcpIgnored++;
                    break;
            }
        }

        return bye;
    }

    /// <summary>Builds the report that is due; false when none is.</summary>
    public bool TryPollRtcp(Span<byte> buffer, out int length)
    {
        length = 0;
        if (_reportDue is not { } now)
            return false;
        _reportDue = null;
        var writer = new RtcpWriter(buffer);
        ReadOnlySpan<RtcpReportBlock> blocks = _receiver is null ? [] : [_receiver.TakeReport(now)];

        // A sender is who sent within the last two intervals (RFC 3550 section 6.4).
        bool sent = Sender.PacketsSent > _packetsAtReportBefore;
        _packetsAtReportBefore = _packetsAtLastReport;
        _packetsAtLastReport = Sender.PacketsSent;
        bool fits = sent
            ? writer.TryAddSenderReport(
                Sender.Ssrc, Ntp(now), Sender.WireTimestampAt(now), (uint)Sender.PacketsSent, (uint)Sender.BytesSent, blocks)
            : writer.TryAddReceiverReport(Sender.Ssrc, blocks);
        fits = fits && writer.TryAddCname(Sender.Ssrc, _cname) && (!_byeDue || writer.TryAddBye(Sender.Ssrc));
        _byeDue = false;
        if (!fits)
            return false;
        Statistics.RtcpSent++;
        length = writer.Length;
        return true;
    }

    private NtpTimestamp Ntp(Instant now) => NtpTimestamp.From(_wallClockAtEpoch + (now - Instant.Zero));

    private void HandleReport(Instant now, in RtcpPacket packet)
    {
        if (!RtcpReport.TryRead(packet, out RtcpReport report))
        {
            Statistics.RtcpIgnored++;
            return;
        }

        if (report.IsSender && _receiver is not null && report.Ssrc == _receiver.Ssrc)
            _receiver.HandleSenderReport(now, report.NtpTimestamp);
        for (int i = 0; i < report.BlockCount; i++)
        {
            RtcpReportBlock block = report.Block(i);
            if (block.Ssrc == Sender.Ssrc)
                HandleBlock(now, block);
        }
    }

    private void HandleBlock(Instant now, in RtcpReportBlock block)
    {
        Sender.SendsMid = false;
        Statistics.RemoteReports++;
        Statistics.RemotePacketsLost = block.CumulativeLost;
        Statistics.RemoteFractionLost = block.FractionLost / 256.0;
        if (_configuration is { } configuration)
            Statistics.RemoteJitter = TimeSpan.FromSeconds(block.Jitter / (double)configuration.ClockRate);
        if (block.LastSenderReport == 0)
            return;

        // Modulo 2^32: the middle of the NTP time wraps every 18 hours.
        uint roundTrip = unchecked(Ntp(now).Middle - block.LastSenderReport - block.DelaySinceLastSenderReport);
        var time = TimeSpan.FromSeconds((int)roundTrip / 65536.0);

        // Rounding may push a fast local round trip a little below zero.
        if (time < TimeSpan.Zero && time > -TimeSpan.FromMilliseconds(5))
            time = TimeSpan.Zero;
        if (time >= TimeSpan.Zero && time <= MaxPlausibleRoundTrip)
            Statistics.RoundTrip = time;
        else
            Statistics.RtcpIgnored++;
    }

    private uint? HandleBye(in RtcpPacket packet)
    {
        if (!packet.TryReadBye(out ReadOnlySpan<byte> sources))
        {
            Statistics.RtcpIgnored++;
            return null;
        }

        for (; sources.Length >= sizeof(uint); sources = sources[sizeof(uint)..])
        {
            if (_receiver is not { SaidBye: false } receiver || BinaryPrimitives.ReadUInt32BigEndian(sources) != receiver.Ssrc)
                continue;
            receiver.SaidBye = true;
            return receiver.Ssrc;
        }

        return null;
    }
}
