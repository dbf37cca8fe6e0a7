using System.Diagnostics.Metrics;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Session;

/// <summary>The measurements of turn-taking; names follow OpenTelemetry, times are seconds. Nothing that was said gets into them.</summary>
internal static class TurnMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "AgentGateway.Conversation";

    private static readonly Meter Meter = new(MeterName);

    // Tenths of a second matter between people; the default bounds of histograms begin at five seconds.
    private static readonly InstrumentAdvice<double> Buckets = new()
    {
        HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.3, 1.6, 2, 3, 5, 10],
    };

    private static readonly Histogram<double> Latency = Meter.CreateHistogram(
        "agentgateway.turn.latency", "s", "End of the caller's speech to the agent's first audible frame", null, Buckets);

    private static readonly Histogram<double> Part = Meter.CreateHistogram(
        "agentgateway.turn.latency.part", "s", "The parts of a turn's latency; they add up to the whole", null, Buckets);

    private static readonly Counter<long> Turns = Meter.CreateCounter<long>("agentgateway.turns", "{turn}", "Turns of callers, by outcome");

    private static readonly Counter<long> Holds = Meter.CreateCounter<long>(
        "agentgateway.barge_in.holds", "{hold}", "Times the agent held its breath because it heard something");

    private static readonly Counter<long> Cancelled = Meter.CreateCounter<long>("agentgateway.replies.cancelled", "{reply}", "Replies that were cut off or not begun");

    private static readonly Counter<long> Stalled = Meter.CreateCounter<long>("agentgateway.stalls", "{stall}", "Phases that were stuck and were left, by phase");

    private static readonly Counter<long> Speculations = Meter.CreateCounter<long>(
        "agentgateway.speculations", "{reply}", "Replies that were begun before the turn was certainly over, by outcome: started, used, wasted (with the reason)");

    private static readonly Counter<long> WastedCharacters = Meter.CreateCounter<long>(
        "agentgateway.speculations.wasted_characters", "{character}", "Text of the model that was thrown away with such replies, by reason");

    private static readonly Counter<double> WastedTime = Meter.CreateCounter<double>(
        "agentgateway.speculations.wasted_time", "s", "Time that was spent on such replies, by reason");

    public static void SpeculationStarted(string agent) => Speculations.Add(1, Tag("outcome", "started"), Tag("agent", agent));

    public static void SpeculationUsed(string agent) => Speculations.Add(1, Tag("outcome", "used"), Tag("agent", agent));

    public static void SpeculationWasted(string agent, SpeculationWasted wasted)
    {
        KeyValuePair<string, object?> reason = Tag("reason", wasted.Reason switch
        {
            SpeculationWaste.CallEnded => "call_ended",
            SpeculationWaste.TurnWentOn => "turn_went_on",
            _ => "other_words",
        });
        Speculations.Add(1, Tag("outcome", "wasted"), reason, Tag("agent", agent));
        WastedCharacters.Add(wasted.Characters, reason, Tag("agent", agent));
        WastedTime.Add(wasted.Took.TotalSeconds, reason, Tag("agent", agent));
    }

    public static void Measured(string agent, TurnLatency latency)
    {
        Latency.Record(latency.Total.TotalSeconds, Tag("agent", agent));
        Record("endpointing", latency.Endpointing);
        Record("stt", latency.Transcription);
        Record("llm_first_token", latency.LlmFirstToken);
        Record("first_chunk", latency.FirstChunk);
        Record("tts_first_audio", latency.TtsFirstAudio);
        Record("pacing", latency.Pacing);

        void Record(string part, TimeSpan time) => Part.Record(time.TotalSeconds, Tag("part", part), Tag("agent", agent));
    }

    public static void Commanded(string agent, in TurnCommand command)
    {
        switch (command.Kind)
        {
            case TurnCommandKind.CommitTurn:
                Turns.Add(1, Tag("outcome", command.Typed ? "typed" : "spoken"), Tag("agent", agent));
                break;
            case TurnCommandKind.ReportNoWords:
                Turns.Add(1, Tag("outcome", "no_words"), Tag("agent", agent));
                break;
            case TurnCommandKind.HoldPlayout:
                Holds.Add(1, Tag("agent", agent));
                break;
            case TurnCommandKind.CancelReply:
                Cancelled.Add(1, Tag("agent", agent));
                break;
            case TurnCommandKind.ReportStalled:
                Stalled.Add(1, Tag("phase", command.Phase.ToString()), Tag("agent", agent));
                break;
        }
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
