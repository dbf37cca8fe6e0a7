namespace AgentGateway.LoadTest.Wer;

/// <summary>What to measure.</summary>
internal sealed record WerOptions(
    string Model, int[] LossPercents, string[] Repairs, int Seeds, TimeSpan Latency, TimeSpan Jitter, TimeSpan MaxDelay, string? Csv);
