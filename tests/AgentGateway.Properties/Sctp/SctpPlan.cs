using AgentGateway.Rtc.Sctp;
using AgentGateway.Testing.Network;
using FsCheck;
using FsCheck.Fluent;

namespace AgentGateway.Properties.Sctp;

/// <summary>One thing that an application or the network does.</summary>
public abstract record SctpStep
{
    /// <summary>Sends a message on one of the channels, from the left or the right side.</summary>
    public sealed record Send(bool FromLeft, int Channel, int Size) : SctpStep;

    /// <summary>Time passes.</summary>
    public sealed record Wait(int Milliseconds) : SctpStep;

    /// <summary>The network gets better or worse.</summary>
    public sealed record Weather(int LossPercent, int JitterMilliseconds, int DuplicatePercent) : SctpStep;

    /// <summary>One side closes a channel and sends nothing on it any more.</summary>
    public sealed record Close(bool FromLeft, int Channel) : SctpStep;
}

/// <summary>A conversation over channels of each kind.</summary>
public sealed record SctpPlan(ulong Seed, SctpStep[] Steps)
{
    /// <summary>A channel of each kind that RFC 8831 section 6.4 knows.</summary>
    public static IReadOnlyList<DataChannelOptions> Channels { get; } =
    [
        new() { Label = "ordered" },
        new() { Label = "unordered", Ordered = false },
        new() { Label = "two tries", MaxRetransmits = 2 },
        new() { Label = "one try, unordered", MaxRetransmits = 0, Ordered = false },
        new() { Label = "300 ms", MaxPacketLifeTime = TimeSpan.FromMilliseconds(300) },
    ];

    public static Arbitrary<SctpPlan> Arbitrary { get; } = Arb.From(Generator(), Shrink);

    public static NetemOptions Network(SctpStep.Weather weather) => new()
    {
        Latency = TimeSpan.FromMilliseconds(20),
        Loss = weather.LossPercent / 100.0,
        Jitter = TimeSpan.FromMilliseconds(weather.JitterMilliseconds),
        Duplicate = weather.DuplicatePercent / 100.0,
    };

    public override string ToString() => $"seed {Seed}: {string.Join("; ", Steps.Select(s => s.ToString()))}";

    private static Gen<SctpPlan> Generator()
    {
        Gen<int> channel = Gen.Choose(0, Channels.Count - 1);
        Gen<bool> side = Gen.Elements(true, false);
        Gen<int> size = Gen.Frequency((6, Gen.Choose(1, 300)), (3, Gen.Choose(1000, 1300)), (2, Gen.Choose(2_000, 20_000)), (1, Gen.Choose(60_000, 262_144)));
        Gen<SctpStep> send = side.SelectMany(s => channel.SelectMany(c => size.Select(n => (SctpStep)new SctpStep.Send(s, c, n))));
        Gen<SctpStep> wait = Gen.Choose(0, 800).Select(n => (SctpStep)new SctpStep.Wait(n));
        Gen<SctpStep> weather = Gen.Choose(0, 30).SelectMany(
            l => Gen.Choose(0, 20).SelectMany(j => Gen.Choose(0, 10).Select(d => (SctpStep)new SctpStep.Weather(l, j, d))));
        Gen<SctpStep> close = side.SelectMany(s => channel.Select(c => (SctpStep)new SctpStep.Close(s, c)));
        Gen<SctpStep> step = Gen.Frequency((20, send), (8, wait), (2, weather), (1, close));
        return Gen.Choose(1, int.MaxValue).SelectMany(
            seed => Gen.Choose(1, 60).SelectMany(n => step.ArrayOf(n).Select(steps => new SctpPlan((ulong)seed, steps))));
    }

    private static IEnumerable<SctpPlan> Shrink(SctpPlan plan)
    {
        for (int size = plan.Steps.Length / 2; size > 0; size /= 2)
        {
            for (int at = 0; at + size <= plan.Steps.Length; at += size)
                yield return plan with { Steps = [.. plan.Steps[..at], .. plan.Steps[(at + size)..]] };
        }
    }
}
