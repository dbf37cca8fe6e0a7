using System.Diagnostics.Metrics;

namespace AgentGateway.Providers.Engines;

/// <summary>The measurements of the speech engines; names follow OpenTelemetry, times are seconds.</summary>
internal static class SpeechMetrics
{
    private static readonly Meter Meter = new("AgentGateway.Providers");

    // Milliseconds matter here; the default bounds of histograms begin at five seconds.
    private static readonly InstrumentAdvice<double> Buckets = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5],
    };

    private static readonly Histogram<double> QueueDelay = Meter.CreateHistogram(
        "agentgateway.speech.queue.delay", "s", "Time that work of a session waited for the shared engine.", null, Buckets);

    private static readonly Histogram<double> FinalDelay = Meter.CreateHistogram(
        "agentgateway.stt.final.delay", "s", "Time from the end of an utterance being said to its final result.", null, Buckets);

    private static readonly Histogram<double> FirstAudio = Meter.CreateHistogram(
        "agentgateway.tts.first_audio.delay", "s", "Time from a synthesis request to its first audio.", null, Buckets);

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
