using System.Diagnostics.Metrics;

namespace AgentGateway.Providers.Engines;

/// <summary>The measurements of the speech engines; names follow OpenTelemetry, times are seconds.</summary>
internal static class SpeechMetrics
{
    private static readonly Meter Meter = new("AgentGateway.Providers");

    private static readonly Histogram<double> QueueDelay = Meter.CreateHistogram<double>(
        "agentgateway.speech.queue.delay", "s", "Time that work of a session waited for the shared engine.");

    private static readonly Histogram<double> FinalDelay = Meter.CreateHistogram<double>(
        "agentgateway.stt.final.delay", "s", "Time from the end of an utterance being said to its final result.");

    private static readonly Histogram<double> FirstAudio = Meter.CreateHistogram<double>(
        "agentgateway.tts.first_audio.delay", "s", "Time from a synthesis request to its first audio.");

    private static readonly UpDownCounter<int> Sessions = Meter.CreateUpDownCounter<int>(
        "agentgateway.stt.sessions", "{session}", "Open recognition sessions.");

    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>(
        "agentgateway.stt.dropped_audio", "{sample}", "Audio that a recogniser did not take because its bound was reached.");

    public static void RecordQueueDelay(string engine, TimeSpan delay) => QueueDelay.Record(delay.TotalSeconds, Engine(engine));

    public static void RecordFinalDelay(string engine, TimeSpan delay) => FinalDelay.Record(delay.TotalSeconds, Engine(engine));

    public static void RecordFirstAudio(string engine, TimeSpan delay) => FirstAudio.Record(delay.TotalSeconds, Engine(engine));

    public static void AddSession(string engine, int change) => Sessions.Add(change, Engine(engine));

    public static void AddDropped(string engine, int samples) => Dropped.Add(samples, Engine(engine));

    private static KeyValuePair<string, object?> Engine(string name) => new("engine", name);
}
