using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Session;

namespace AgentGateway.Conversation.Tests.Session;

public sealed class TurnMetricsTests
{
    [Fact]
    public void A_turn_is_measured_whole_and_in_parts_that_add_up()
    {
        string agent = "agent-" + Guid.NewGuid();
        using var meter = new Measurements(agent);
        using Call call = Call.Start(context => context with { Agent = context.Agent with { Name = agent } });
        call.Synthesizer.FirstAudioDelay = TimeSpan.FromMilliseconds(120);
        call.Model.Reply(TimeSpan.FromMilliseconds(80), "We open at noon and close at ten every day.").Reply("Yes.");
        call.Say("when do you open");
        call.Await<AgentSpeechStarted>();
        call.Run(400).Say("wait stop a moment").Pause(3000).Play();
        call.HangUp();

        TurnLatency[] told = [.. call.Events.OfType<TurnMeasured>().Select(e => e.Latency)];
        Assert.NotEmpty(told);
        double[] whole = [.. meter.Of("agentgateway.turn.latency").Select(m => m.Value)];
        Assert.Equal(told.Select(l => l.Total.TotalSeconds), whole);
        Assert.Equal(whole.Sum(), meter.Of("agentgateway.turn.latency.part").Sum(m => m.Value), precision: 6);
        Assert.Equal(
            ["endpointing", "first_chunk", "llm_first_token", "pacing", "stt", "tts_first_audio"],
            meter.Of("agentgateway.turn.latency.part").Select(m => (string)m.Tags["part"]!).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(call.Events.OfType<UserTurnCommitted>().Count(), meter.Of("agentgateway.turns").Count);
        Assert.NotEmpty(meter.Of("agentgateway.barge_in.holds"));
        Assert.NotEmpty(meter.Of("agentgateway.replies.cancelled"));
    }

    [Theory]
    [InlineData(null, 1500, 2600)]
    [InlineData(float.NaN, 1500, 2600)]
    [InlineData(0.99f, 250, 500)]
    public void A_recogniser_that_hears_the_end_of_the_turn_is_believed(float? judged, int least, int most)
    {
        using Call call = Call.Start();
        call.Recognizer.EndOfTurn = judged;
        call.Model.Reply("For how many?");
        call.Say("i would like a table for").Pause(3000).Play();
        Assert.InRange(call.Single<TurnMeasured>().Latency.Endpointing.TotalMilliseconds, least, most);
        call.HangUp();
    }

    [Fact]
    public void Answers_begun_ahead_are_counted_by_what_became_of_them()
    {
        string agent = "agent-" + Guid.NewGuid();
        using var meter = new Measurements(agent);
        using Call call = Call.Start(context => context with { Agent = context.Agent with { Name = agent } });
        call.Model.Reply("Behind the house, and it is free.").Reply("For the night it costs five.");
        call.Say("where can i park my car").Pause(600).Say("for the night").Play();
        call.Await<AgentSpeechStopped>();
        call.HangUp();
        Assert.Equal(["started", "wasted", "started", "used"], meter.Of("agentgateway.speculations").Select(m => m.Tags["outcome"]));
        (double characters, Dictionary<string, object?> tags) = Assert.Single(meter.Of("agentgateway.speculations.wasted_characters"));
        Assert.Equal(("Behind the house, and it is free.".Length, "turn_went_on"), (characters, tags["reason"]));
        Assert.True(Assert.Single(meter.Of("agentgateway.speculations.wasted_time")).Value > 0);
    }

    /// <summary>What is measured for one agent.</summary>
    private sealed class Measurements : IDisposable
    {
        private readonly ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)> _all = new();
        private readonly MeterListener _listener = new();
        private readonly string _agent;

        public Measurements(string agent)
        {
            _agent = agent;
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == TurnMetrics.MeterName)
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument.Name, value, tags));
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument.Name, value, tags));
            _listener.Start();
        }

        public List<(double Value, Dictionary<string, object?> Tags)> Of(string name) => [.. _all.Where(m => m.Name == name).Select(m => (m.Value, m.Tags))];

        public void Dispose() => _listener.Dispose();

        private void Keep(string instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var kept = new Dictionary<string, object?>(tags.ToArray());
            if (Equals(kept.GetValueOrDefault("agent"), _agent))
                _all.Enqueue((instrument, value, kept));
        }
    }
}
