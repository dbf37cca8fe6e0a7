using AgentGateway.TurnBench.Audio;
using AgentGateway.TurnBench.Engines;
using AgentGateway.TurnBench.Suites;

namespace AgentGateway.TurnBench.Tests;

/// <summary>
/// A small part of the bench, with the aims that were reached as bounds: real voices, voice activity and recognition on virtual time, where
/// each computation costs the same, so that the same code gives the same figures on any machine.
/// </summary>
public sealed class TurnTakingTests
{
    private static readonly TimeSpan Computation = TimeSpan.FromMilliseconds(20);

    [Fact]
    public Task Heard_text_is_within_one_word_with_and_without_the_voices_word_times() => CheckAsync(0.12, HeardTextSuite.Run);

    [Fact]
    public Task The_agent_does_not_answer_itself_on_a_speakerphone() => CheckAsync(0.04, EchoSuite.Run);

    [Fact]
    public Task Noise_opens_no_turn() => CheckAsync(0.1, NoiseSuite.Run);

    // The latency of so few turns says nothing.
    [Fact]
    public Task Callers_who_pause_are_not_cut_in_on() => CheckAsync(0.2, run => EndpointingSuite.Run(run, ("quiet", null)), measure => measure.Name.StartsWith("cut-ins", StringComparison.Ordinal));

    // Every measure that has an aim reached it, every call's log replayed to the same decisions, and none broke an invariant.
    private static async Task CheckAsync(double scale, Action<BenchRun> suite, Func<Measure, bool>? which = null)
    {
        await using var engines = new BenchEngines(Computation);
        var run = new BenchRun(engines, new Callers(engines), new Report(), scale);
        suite(run);
        Assert.True(run.Replayed > 0);
        Measure[] measures = [.. run.Report.Measures.Where(measure => which?.Invoke(measure) != false)];
        Assert.NotEmpty(measures);
        Assert.All(measures, measure => Assert.True(measure.Reached != false, $"{measure.Name}, {measure.Conditions}: {measure.Value}, aim {measure.Aim}"));
        Assert.Empty(run.Different);
        Assert.Empty(run.Violations);
    }
}
