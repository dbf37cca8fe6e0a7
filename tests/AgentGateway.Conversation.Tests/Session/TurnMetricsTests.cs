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
        var measured = new ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)>();
        string agent = "agent-" + Guid.NewGuid();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == TurnMetrics.MeterName)
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument.Name, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument.Name, value, tags));
        listener.Start();

        using Call call = Call.Start(context => context with { Agent = context.Agent with { Name = agent } });
        call.Synthesizer.FirstAudioDelay = TimeSpan.FromMilliseconds(120);
        call.Model.Reply(TimeSpan.FromMilliseconds(80), "We open at noon and close at ten every day.").Reply("Yes.");
        call.Say("when do you open");
        call.Await<AgentSpeechStarted>();
        call.Run(400).Say("wait stop a moment").Pause(3000).Play();
        call.HangUp();

        TurnLatency[] told = [.. call.Events.OfType<TurnMeasured>().Select(e => e.Latency)];
        Assert.NotEmpty(told);
        double[] whole = [.. measured.Where(m => m.Name == "agentgateway.turn.latency").Select(m => m.Value)];
        Assert.Equal(told.Select(l => l.Total.TotalSeconds), whole);
        Assert.Equal(whole.Sum(), measured.Where(m => m.Name == "agentgateway.turn.latency.part").Sum(m => m.Value), precision: 6);
        Assert.Equal(
            ["endpointing", "first_chunk", "llm_first_token", "pacing", "stt", "tts_first_audio"],
            measured.Where(m => m.Name == "agentgateway.turn.latency.part").Select(m => (string)m.Tags["part"]!).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(call.Events.OfType<UserTurnCommitted>().Count(), measured.Count(m => m.Name == "agentgateway.turns"));
        Assert.Contains(measured, m => m.Name == "agentgateway.barge_in.holds");
        Assert.Contains(measured, m => m.Name == "agentgateway.replies.cancelled");

        void Keep(string instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var kept = new Dictionary<string, object?>(tags.ToArray());
            if (Equals(kept.GetValueOrDefault("agent"), agent))
                measured.Enqueue((instrument, value, kept));
        }
    }
}
