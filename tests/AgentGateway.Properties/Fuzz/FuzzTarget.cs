namespace AgentGateway.Properties.Fuzz;

/// <summary>
/// Runs one input. Returns a number that stands for what the input did (which fields were there, which error it met): inputs with a
/// number not seen before are kept and mutated further. Throws, by <c>Assert</c> or otherwise, when the code under test did wrong.
/// </summary>
public delegate int FuzzRun(ReadOnlySpan<byte> input);

/// <summary>One entry for hostile input.</summary>
/// <param name="Name">The folder of its corpus.</param>
/// <param name="Run">Must depend on nothing but the input.</param>
/// <param name="MaxAllocatedBytes">
/// What one run may allocate, in bytes, beside <see cref="AllocatedPerInputByte"/> for each byte of the input: 0 for parsers that are views.
/// </param>
public sealed record FuzzTarget(string Name, FuzzRun Run, int MaxAllocatedBytes = 0)
{
    /// <summary>Longest input, in bytes.</summary>
    public int MaxLength { get; init; } = 1500;

    /// <summary>Bytes that may be allocated for each byte of the input.</summary>
    public int AllocatedPerInputByte { get; init; }

    /// <summary>Whether inputs are lines of text, which are mutated as lines too.</summary>
    public bool IsText { get; init; }

    /// <summary>How many mutated inputs the suite runs; engines that shake hands first are slower than parsers.</summary>
    public int Rounds { get; init; } = 20_000;

    /// <summary>Byte strings that the format gives a meaning to.</summary>
    public IReadOnlyList<byte[]> Dictionary { get; init; } = [];

    public override string ToString() => Name;
}
