using System.Diagnostics;
using System.Globalization;
using AgentGateway.Testing;

namespace AgentGateway.Properties.Fuzz;

/// <summary>
/// Replays the committed corpora and then runs mutations of them, always the same ones. Long runs: set <c>AGENTGATEWAY_FUZZ_SECONDS</c>
/// to the time for each target, and <c>AGENTGATEWAY_FUZZ_TARGET</c> to the only one that is wanted; inputs that did something new, and
/// inputs that broke something, are then written to the corpus, and the seed changes with every run. A target's memory is bounded, too: see <see cref="FuzzTarget.MaxAllocatedBytes"/>.
/// </summary>
public sealed class FuzzTests
{
    // More would be a search that goes nowhere: the numbers that stand for behaviour are few.
    private const int MaxCorpus = 3000;

    private static readonly int LongRunSeconds =
        int.TryParse(Environment.GetEnvironmentVariable("AGENTGATEWAY_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out int seconds) ? seconds : 0;

    private static readonly string? OnlyTarget = Environment.GetEnvironmentVariable("AGENTGATEWAY_FUZZ_TARGET");

    public static TheoryData<string> Names => [.. FuzzTargets.All.Keys.Where(name => OnlyTarget is null || name == OnlyTarget)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_corpus_does_no_harm(string name)
    {
        FuzzTarget target = FuzzTargets.All[name];
        IReadOnlyList<(string File, byte[] Input)> corpus = Corpus.Load(target);
        Assert.True(corpus.Count >= 5, $"{name} has {corpus.Count} inputs.");
        HashSet<int> behaviours = [];
        foreach ((string file, byte[] input) in corpus)
        {
            if (TryRun(target, input, out int behaviour) is { } failure)
                Assert.Fail($"{name}/{file}: {failure}");
            behaviours.Add(behaviour);
        }

        Assert.True(behaviours.Count >= 3, $"{name}: {corpus.Count} inputs do only {behaviours.Count} different things.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Mutations_of_the_corpus_do_no_harm(string name)
    {
        FuzzTarget target = FuzzTargets.All[name];
        ulong seed = LongRunSeconds > 0 ? (ulong)Stopwatch.GetTimestamp() : 20261121;
        long end = Stopwatch.GetTimestamp() + (LongRunSeconds * Stopwatch.Frequency);
        var mutator = new Mutator(target, new SeededRandom(seed));
        List<byte[]> corpus = [.. Corpus.Load(target).Select(c => c.Input)];
        HashSet<int> known = [];
        foreach (byte[] input in corpus)
        {
            TryRun(target, input, out int behaviour);
            known.Add(behaviour);
        }

        int runs = 0;
        for (; LongRunSeconds > 0 ? Stopwatch.GetTimestamp() < end : runs < target.Rounds; runs++)
        {
            byte[] input = mutator.Mutate(corpus);
            if (TryRun(target, input, out int behaviour) is { } failure)
            {
                string where = LongRunSeconds > 0 ? Corpus.Save(target, "broke-", input) : Convert.ToHexStringLower(input);
                Assert.Fail($"{name}, seed {seed}, run {runs}: {where}\n{failure}");
            }

            if (!known.Add(behaviour) || corpus.Count >= MaxCorpus)
                continue;
            corpus.Add(input);
            if (LongRunSeconds > 0)
                Corpus.Save(target, "", input);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {runs} runs, {known.Count} behaviours, seed {seed}");
    }

    private static string? TryRun(FuzzTarget target, byte[] input, out int behaviour)
    {
        behaviour = 0;
        try
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            behaviour = target.Run(input);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            long allowed = target.MaxAllocatedBytes + ((long)target.AllocatedPerInputByte * input.Length);
            if (allocated <= allowed)
                return null;

            // The first run of a path pays for its compilation; the others tell the truth.
            allocated = Allocations.Least(() => target.Run(input));
            return allocated <= allowed ? null : $"{allocated} bytes allocated for {input.Length} bytes of input; allowed are {allowed}.";
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return e.ToString();
        }
    }
}
