using AgentGateway.Primitives;

namespace AgentGateway.Rtc.Streams;

/// <summary>
/// When to report: 0.5 to 1.5 of a mean, drawn anew each time, so that the reports of many calls do not march in step
/// (RFC 3550 section 6.2). The first one comes early, because the far end learns the round-trip time from it; and while packets are lost
/// they come more often, because the far end's error correction waits for them (RFC 4585 section 3.4 lifts the five seconds).
/// </summary>
internal static class RtcpSchedule
{
    public static readonly TimeSpan Mean = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan FirstMean = TimeSpan.FromSeconds(1);

    public static TimeSpan Next(IRandomSource random, bool lossy) => (lossy ? FirstMean : Mean) * (0.5 + random.NextDouble());

    public static TimeSpan First(IRandomSource random) => FirstMean * (0.5 + random.NextDouble());
}
