using FsCheck;
using FsCheck.Fluent;

namespace AgentGateway.Properties.Turns;

/// <summary>What happens in a call, a byte a step; <see cref="TurnWorld"/> says what they mean. Shrinks to the fewest steps that matter.</summary>
/// <param name="Seed">Of delays and words.</param>
/// <param name="Steps">What happens.</param>
public sealed record TurnSchedule(int Seed, byte[] Steps)
{
    public static Arbitrary<TurnSchedule> Arbitrary { get; } = Arb.From(
        from seed in Gen.Choose(1, int.MaxValue)
        from length in Gen.Choose(1, 36)
        from steps in Gen.ArrayOf(Gen.Choose(0, 255).Select(step => (byte)step), length)
        select new TurnSchedule(seed, steps),
        Shrink);

    public override string ToString() => $"seed {Seed}, steps {Convert.ToHexString(Steps)}";

    private static IEnumerable<TurnSchedule> Shrink(TurnSchedule schedule)
    {
        for (int size = schedule.Steps.Length / 2; size > 0; size /= 2)
        {
            for (int at = 0; at + size <= schedule.Steps.Length; at += size)
                yield return schedule with { Steps = [.. schedule.Steps[..at], .. schedule.Steps[(at + size)..]] };
        }
    }
}
