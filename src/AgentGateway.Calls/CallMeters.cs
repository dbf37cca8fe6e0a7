using System.Diagnostics.Metrics;
using AgentGateway.Audio;
using AgentGateway.Rtc.Peer;

namespace AgentGateway.Calls;

/// <summary>The meter of a node's calls. What a call did is added when it ends. Thread-safe.</summary>
internal sealed class CallMeters : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _started;
    private readonly Counter<long> _refused;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _received;
    private readonly Counter<long> _lost;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _remoteLost;
    private readonly Counter<long> _repaired;
    private readonly Counter<long> _retransmitted;
    private readonly Histogram<double> _roundTrip;
    private readonly Histogram<double> _jitter;
    private readonly Histogram<double> _loss;
    private readonly Counter<double> _concealed;
    private readonly Counter<long> _skipped;
    private readonly Counter<long> _dropped;

    internal CallMeters(string name, Func<int> active, CachingOpusCodec speech)
    {
        _meter = new Meter(name);
        _meter.CreateObservableUpDownCounter("agentgateway.calls.active", active, "{call}");
        _started = _meter.CreateCounter<long>("agentgateway.calls.started", "{call}");
        _refused = _meter.CreateCounter<long>("agentgateway.calls.refused", "{call}", "Offers not accepted, by reason");
        _duration = _meter.CreateHistogram<double>("agentgateway.calls.duration", "s", "Ended calls, by reason");
        _received = _meter.CreateCounter<long>("agentgateway.calls.packets.received", "{packet}");
        _lost = _meter.CreateCounter<long>("agentgateway.calls.packets.lost", "{packet}", "Callers' packets that did not arrive");
        _sent = _meter.CreateCounter<long>("agentgateway.calls.packets.sent", "{packet}");
        _remoteLost = _meter.CreateCounter<long>("agentgateway.calls.packets.lost_remote", "{packet}", "Packets that callers report lost");
        _repaired = _meter.CreateCounter<long>("agentgateway.calls.packets.repaired", "{packet}", "Callers' lost packets that came after all, by means");
        _retransmitted = _meter.CreateCounter<long>("agentgateway.calls.packets.retransmitted", "{packet}", "Packets sent again because callers asked");
        _roundTrip = _meter.CreateHistogram<double>("agentgateway.calls.round_trip", "s", "At the end of a call");
        _jitter = _meter.CreateHistogram<double>("agentgateway.calls.jitter", "s", "Of the caller's packets, at the end of a call (RFC 3550)");
        _loss = _meter.CreateHistogram<double>("agentgateway.calls.loss", "1", "Part of a call's packets that did not arrive, by direction");
        _concealed = _meter.CreateCounter<double>("agentgateway.calls.audio.concealed", "s", "Callers' audio that had to be made up");
        _skipped = _meter.CreateCounter<long>("agentgateway.calls.frames.skipped", "{frame}", "20 ms frames never sent because the process stalled");
        _meter.CreateObservableCounter(
            "agentgateway.calls.frames.spoken",
            () => new Measurement<long>[] { new(speech.FramesEncoded, Tag("by", "encoder")), new(speech.FramesReused, Tag("by", "cache")) },
            "{frame}",
            "20 ms frames of agents' speech, by where their packets came from");
        _dropped = _meter.CreateCounter<long>("agentgateway.calls.dropped", "{item}", "What was dropped, by reason");
    }

    public void Dispose() => _meter.Dispose();

    internal void Started(string agent) => _started.Add(1, Tag("agent", agent));

    internal void Refused(SdpResultError? error) => _refused.Add(1, Tag("reason", error?.ToString() ?? "Overloaded"));

    internal void Ended(CallStatistics call)
    {
        _duration.Record(call.Duration.TotalSeconds, Tag("reason", call.Reason.ToString()));
        _received.Add(call.PacketsReceived);
        _lost.Add(Math.Max(0, call.PacketsLost));
        _sent.Add(call.PacketsSent);
        _remoteLost.Add(Math.Max(0, call.RemotePacketsLost));
        _repaired.Add(call.PacketsRetransmitted, Tag("by", "retransmission"));
        _repaired.Add(call.PacketsRecovered, Tag("by", "redundancy"));
        _retransmitted.Add(call.RetransmissionsSent);
        if (call.RoundTripTime is { } roundTrip)
            _roundTrip.Record(roundTrip.TotalSeconds);
        if (call.PacketsReceived > 0)
        {
            _jitter.Record(call.Jitter.TotalSeconds);
            _loss.Record(Fraction(call.PacketsLost, call.PacketsReceived + call.PacketsLost), Tag("direction", "received"));
        }

        if (call.RoundTripTime is not null && call.PacketsSent > 0)
            _loss.Record(Fraction(call.RemotePacketsLost, call.PacketsSent), Tag("direction", "sent"));
        _concealed.Add(call.Concealed.TotalSeconds);
        _skipped.Add(call.FramesSkipped);
        foreach ((string reason, long count) in call.Drops)
            _dropped.Add(count, Tag("reason", reason));
    }

    private static double Fraction(long part, long whole) => whole <= 0 ? 0 : Math.Clamp((double)part / whole, 0, 1);

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
