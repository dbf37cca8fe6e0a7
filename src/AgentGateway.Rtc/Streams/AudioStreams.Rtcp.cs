using AgentGateway.Primitives;
using AgentGateway.Rtc.Wire.Rtcp;

namespace AgentGateway.Rtc.Streams;

/// <summary>RTCP: reports, requests for lost packets, and what the far end says of ours.</summary>
internal sealed partial class AudioStreams
{
    private static readonly TimeSpan MaxPlausibleRoundTrip = TimeSpan.FromSeconds(60);

    // Until a report measured it: a path within a continent.
    private static readonly TimeSpan AssumedRoundTrip = TimeSpan.FromMilliseconds(50);

    // Transport-wide feedback comes four times a second; fewer packets than these say little about loss.
    private const int MinPacketsForLoss = 50;

    private Instant? _reportDue;
    private Instant? _nackDue;
    private bool _byeDue;
    private bool _ended;
    private long _packetsAtLastReport;
    private long _packetsAtReportBefore;
    private int _transportAcknowledged;
    private int _transportLost;
    private uint _referenceSource;
    private uint _referenceTime;
    private Instant _referenceTimeAt;

    private TimeSpan RoundTrip => Statistics.RoundTrip ?? AssumedRoundTrip;

    /// <summary>Takes what transport-wide feedback said of the connection's packets, however many streams they belong to.</summary>
    /// <param name="acknowledged">Packets that arrived.</param>
    /// <param name="lost">Packets that did not.</param>
    /// <param name="runs">Runs of consecutive packets that these make up.</param>
    public void HandleTransportLoss(int acknowledged, int lost, int runs)
    {
        _redundancy.AddRuns(lost, runs);
        _transportAcknowledged += acknowledged;
        _transportLost += lost;
        int total = _transportAcknowledged + _transportLost;
        if (total < MinPacketsForLoss)
            return;
        HandleLoss((double)_transportLost / total);
        _transportAcknowledged = 0;
        _transportLost = 0;
    }

    /// <summary>Builds the report or request that is due; false when none is.</summary>
    public bool TryPollRtcp(Span<byte> buffer, out int length)
    {
        length = 0;
        var writer = new RtcpWriter(buffer);
        if (_reportDue is { } reportAt)
        {
            _reportDue = null;
            if (!TryWriteReport(reportAt, ref writer))
                return false;
        }
        else if (_nackDue is { } nackAt && !_ended)
        {
            if (!TryWriteNack(nackAt, ref writer))
                return false;
        }
        else
        {
            return false;
        }

        Statistics.RtcpSent++;
        length = writer.Length;
        return true;
    }

    /// <summary>Starts a compound that carries feedback: what RFC 4585 section 3.1 wants in front, unless it was agreed to leave that away.</summary>
    public bool TryWritePrefix(ref RtcpWriter writer) =>
        _configuration is { ReducedSizeRtcp: true } || (writer.TryAddReceiverReport(Sender.Ssrc, []) && writer.TryAddCname(Sender.Ssrc, _cname));

    private bool TryWriteReport(Instant now, ref RtcpWriter writer)
    {
        ReadOnlySpan<RtcpReportBlock> blocks = _receiver is null ? [] : [_receiver.TakeReport(now)];

        // A sender is who sent within the last two intervals (RFC 3550 section 6.4).
        bool sent = Sender.PacketsSent > _packetsAtReportBefore;
        _packetsAtReportBefore = _packetsAtLastReport;
        _packetsAtLastReport = Sender.PacketsSent;
        bool fits = sent
            ? writer.TryAddSenderReport(
                Sender.Ssrc, Ntp(now), Sender.WireTimestampAt(now), (uint)Sender.PacketsSent, (uint)Sender.BytesSent, blocks)
            : writer.TryAddReceiverReport(Sender.Ssrc, blocks);
        fits = fits && writer.TryAddCname(Sender.Ssrc, _cname);

        // Who sends learns the round trip from the answers to its reports; who does not has to ask (RFC 3611 section 4.4).
        if (fits && !sent && !_byeDue && _configuration is { ReferenceTime: true })
            fits = writer.TryAddReferenceTime(Sender.Ssrc, Ntp(now));
        if (fits && _referenceTime != 0)
        {
            var delay = (uint)Math.Clamp((now - _referenceTimeAt).TotalSeconds * 65536, 0, uint.MaxValue);
            fits = writer.TryAddDelay(Sender.Ssrc, _referenceSource, _referenceTime, delay);
            _referenceTime = 0;
        }

        fits = fits && (!_byeDue || writer.TryAddBye(Sender.Ssrc));
        _byeDue = false;
        return fits;
    }

    private bool TryWriteNack(Instant now, ref RtcpWriter writer)
    {
        _nackDue = null;
        if (_receiver is null)
            return false;
        Span<ushort> lost = stackalloc ushort[NackRequester.MaxMissing];
        int count = _nack.TakeDue(now, RoundTrip, lost);
        ScheduleNack(now);
        return count > 0 && TryWritePrefix(ref writer) && writer.TryAddNack(Sender.Ssrc, _receiver.Ssrc, lost[..count]);
    }

    private NtpTimestamp Ntp(Instant now) => NtpTimestamp.From(_wallClockAtEpoch + (now - Instant.Zero));

    /// <summary>Takes what the far end reports about our stream.</summary>
    public void HandleBlock(Instant now, in RtcpReportBlock block)
    {
        Sender.SendsMid = false;
        Statistics.RemotePacketsLost = block.CumulativeLost;
        if (_configuration is { } configuration)
            Statistics.RemoteJitter = TimeSpan.FromSeconds(block.Jitter / (double)configuration.ClockRate);
        HandleLoss(block.FractionLost / 256.0);
        HandleRoundTrip(now, block.LastSenderReport, block.DelaySinceLastSenderReport);
    }

    private void HandleLoss(double fractionLost)
    {
        Statistics.RemoteReports++;
        Statistics.RemoteFractionLost = fractionLost;
        _redundancy.Add(fractionLost);
        Sender.Redundancy = _redundancy.Redundancy;
    }

    /// <summary>Takes the answer to a report or a reference time of ours: when it was sent, and how long it lay there (RFC 3550 section 6.4.1).</summary>
    public void HandleRoundTrip(Instant now, uint sentAt, uint delay)
    {
        if (sentAt == 0)
            return;

        // Modulo 2^32: the middle of the NTP time wraps every 18 hours.
        uint roundTrip = unchecked(Ntp(now).Middle - sentAt - delay);
        var time = TimeSpan.FromSeconds((int)roundTrip / 65536.0);

        // Rounding may push a fast local round trip a little below zero.
        if (time < TimeSpan.Zero && time > -TimeSpan.FromMilliseconds(5))
            time = TimeSpan.Zero;
        if (time >= TimeSpan.Zero && time <= MaxPlausibleRoundTrip)
            Statistics.RoundTrip = time;
        else
            Statistics.RtcpIgnored++;
    }

    /// <summary>Takes a reference time that the next report answers; false when another asker's waits for it.</summary>
    public bool TryTakeReferenceTime(Instant now, uint asker, NtpTimestamp time)
    {
        if (_referenceTime != 0 && _referenceSource != asker)
            return false;
        _referenceSource = asker;
        _referenceTime = time.Middle;
        _referenceTimeAt = now;
        return true;
    }

    /// <summary>Queues the packets that the far end asks for; false when that was not agreed on.</summary>
    public bool TryHandleNack(Instant now, in RtcpFeedback feedback)
    {
        if (_configuration is not { Nack: true })
            return false;
        foreach (ushort sequence in feedback.LostPackets)
        {
            Statistics.RetransmissionsRequested++;
            _history.TryQueue(now, sequence, RoundTrip);
        }

        return true;
    }
}
