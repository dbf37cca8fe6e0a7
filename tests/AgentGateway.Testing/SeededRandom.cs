using System.Buffers.Binary;
using AgentGateway.Primitives;

namespace AgentGateway.Testing;

/// <summary>
/// A reproducible <see cref="IRandomSource"/> (SplitMix64): the same seed gives the same bytes for the same sequence of calls,
/// on every runtime version. Print <see cref="Seed"/> when a test fails.
/// </summary>
public sealed class SeededRandom : IRandomSource
{
    private ulong _state;

    public SeededRandom(ulong seed)
    {
        Seed = seed;
        _state = seed;
    }

    public ulong Seed { get; }

    public void Fill(Span<byte> destination)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        while (destination.Length > 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, Next());
            int count = Math.Min(word.Length, destination.Length);
            word[..count].CopyTo(destination);
            destination = destination[count..];
        }
    }

    /// <summary>A uniform 64-bit value.</summary>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A uniform value in [0, exclusiveMaximum).</summary>
    public int Next(int exclusiveMaximum) => (int)(this.NextDouble() * exclusiveMaximum);

    /// <summary>A normally distributed value (Box-Muller).</summary>
    public double NextGaussian(double mean, double standardDeviation)
    {
        double u = 1.0 - this.NextDouble();
        double v = this.NextDouble();
        return mean + (standardDeviation * Math.Sqrt(-2.0 * Math.Log(u)) * Math.Cos(2.0 * Math.PI * v));
    }

    /// <summary>An independent generator derived from this one's seed and a label, so that adding draws in one place moves no other.</summary>
    public SeededRandom Fork(ulong label) => new(new SeededRandom(Seed ^ (label * 0xD6E8FEB86659FD93)).Next());

    public override string ToString() => FormattableString.Invariant($"seed {Seed}");
}
