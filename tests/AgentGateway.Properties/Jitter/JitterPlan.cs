using FsCheck;
using FsCheck.Fluent;

namespace AgentGateway.Properties.Jitter;

/// <summary>Some time with one kind of network and sender.</summary>
/// <param name="Packets">How many are sent.</param>
/// <param name="LossPercent">Lost at random.</param>
/// <param name="JitterMilliseconds">Each packet is late by up to this.</param>
/// <param name="DuplicatePercent">Arrive twice.</param>
/// <param name="PauseMilliseconds">The sender says nothing before the first packet, while its timestamp goes on.</param>
/// <param name="StallMilliseconds">The network holds everything back for so long at the start, and then delivers at once.</param>
/// <param name="DriftPpm">How much faster the sender's clock runs than ours.</param>
public sealed record JitterPhase(
    int Packets, int LossPercent, int JitterMilliseconds, int DuplicatePercent, int PauseMilliseconds, int StallMilliseconds, int DriftPpm);

/// <summary>A stream through changing weather.</summary>
public sealed record JitterPlan(ulong Seed, int FrameMilliseconds, JitterPhase[] Phases)
{
    public static Arbitrary<JitterPlan> Arbitrary { get; } = Arb.From(Generator(), Shrink);

    public override string ToString() => $"seed {Seed}, {FrameMilliseconds} ms: {string.Join("; ", Phases.Select(p => p.ToString()))}";

    private static Gen<JitterPlan> Generator()
    {
        Gen<JitterPhase> phase = Gen.Choose(1, 300).SelectMany(
            packets => Often(0, 0, 60).SelectMany(
                loss => Often(0, 0, 150).SelectMany(
                    jitter => Often(0, 0, 20).SelectMany(
                        duplicate => Often(0, 1, 3000).SelectMany(
                            pause => Often(0, 1, 2500).SelectMany(
                                stall => Often(0, -300, 300).Select(drift => new JitterPhase(packets, loss, jitter, duplicate, pause, stall, drift))))))));
        return Gen.Choose(1, int.MaxValue).SelectMany(
            seed => Gen.Elements(10, 20, 40).SelectMany(
                frame => Gen.Choose(1, 6).SelectMany(n => phase.ArrayOf(n).Select(phases => new JitterPlan((ulong)seed, frame, phases)))));
    }

    private static Gen<int> Often(int usual, int low, int high) => Gen.Frequency((2, Gen.Constant(usual)), (1, Gen.Choose(low, high)));

    private static IEnumerable<JitterPlan> Shrink(JitterPlan plan)
    {
        for (int i = 0; i < plan.Phases.Length; i++)
        {
            yield return plan with { Phases = [.. plan.Phases[..i], .. plan.Phases[(i + 1)..]] };
            if (plan.Phases[i].Packets > 1)
                yield return plan with { Phases = [.. plan.Phases[..i], plan.Phases[i] with { Packets = plan.Phases[i].Packets / 2 }, .. plan.Phases[(i + 1)..]] };
        }
    }
}
