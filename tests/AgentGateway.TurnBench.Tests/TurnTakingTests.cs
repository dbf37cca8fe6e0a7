using AgentGateway.Conversation.Ports;
using AgentGateway.TurnBench.Audio;
using AgentGateway.TurnBench.Engines;
using AgentGateway.TurnBench.Suites;

namespace AgentGateway.TurnBench.Tests;

/// <summary>
/// A small part of the bench, with the aims that were reached as bounds: real voices, voice activity and recognition on virtual time, where
/// each computation costs the same. Cut-ins and latencies in noise need more turns than a test has time for: they are the bench's.
/// </summary>
public sealed class TurnTakingTests
{
    [Fact]
    public Task Heard_text_is_within_one_word_with_and_without_the_voices_word_times() => CheckAsync(0.12, HeardTextSuite.Run);

    [Fact]
    public Task Word_times_estimated_from_the_audio_come_near_those_of_the_voices() => CheckAsync(1, WordTimesSuite.Run);

    [Fact]
    public Task The_agent_does_not_answer_itself_on_a_speakerphone() => CheckAsync(0.04, EchoSuite.Run);

    [Fact]
    public Task Noise_opens_no_turn() => CheckAsync(0.1, NoiseSuite.Run);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Nods_and_coughs_let_the_agent_go_on_to_the_sample(bool heldOut) => CheckAsync(0.5, BargeInSuite.RunNods, heldOut);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Sentences_over_the_agent_stop_it_within_a_quarter_of_a_second_in_noise(bool heldOut) => CheckAsync(0.5, BargeInSuite.RunInterruptions, heldOut);

    [Fact]
    public async Task The_agent_rarely_cuts_in_and_answers_soon()
    {
        await using var engines = new BenchEngines();
        BenchRun run = Quiet(engines, 0.25);
        EndpointingSuite.Run(run);
        Assert.Equal(4, run.Report.Measures.Count(measure => measure.Reached is not null));
        Assert.All(run.Report.Measures, measure => Assert.True(measure.Reached != false, $"{measure.Name}, {measure.Conditions}: {measure.Value}, aim {measure.Aim}"));
    }

    [Fact]
    public async Task Two_runs_give_the_same_figures()
    {
        List<string> reports = [];
        for (int i = 0; i < 2; i++)
        {
            // What other texts the voices said before must not be heard in the next.
            await using var engines = new BenchEngines();
            engines.Flite.Get(new SpeechRequest(i == 0 ? "one" : "something longer", "en"));
            BenchRun run = Quiet(engines, 0.05);
            EndpointingSuite.Run(run);
            reports.Add(run.Report.ToMarkdown());
        }

        Assert.Equal(reports[0], reports[1]);
    }

    [Fact]
    public void Callers_whom_no_rule_has_seen_have_no_voice_and_no_text_of_the_others()
    {
        Cast[] others = [.. Cast.All.Where(cast => cast != Cast.Unseen)];
        Assert.Empty(Cast.Unseen.Voices.Select(voice => (voice.Engine, voice.Name)).Intersect(others.SelectMany(cast => cast.Voices.Select(voice => (voice.Engine, voice.Name)))));
        Assert.Empty(Texts(Cast.Unseen).Intersect(others.SelectMany(Texts)));
        Assert.Equal(Texts(Cast.Unseen).Count(), Texts(Cast.Unseen).Distinct().Count());
    }

    private static IEnumerable<string> Texts(Cast cast) => [.. cast.Requests, .. cast.BackChannels, .. cast.Interruptions, .. cast.ShortInterruptions];

    private static BenchRun Quiet(BenchEngines engines, double scale) => new(engines, new Callers(engines, Cast.Tuned), new Report(Cast.Tuned.Name), scale) { Noises = ["quiet"] };

    // Every measure that has an aim reached it, every call's log replayed to the same decisions, and none broke an invariant.
    private static async Task CheckAsync(double scale, Action<BenchRun> suite, bool heldOut = false)
    {
        await using var engines = new BenchEngines();
        Cast cast = heldOut ? Cast.HeldOut : Cast.Tuned;
        var run = new BenchRun(engines, new Callers(engines, cast), new Report(cast.Name), scale);
        suite(run);
        Assert.NotEmpty(run.Report.Measures);
        Assert.All(run.Report.Measures, measure => Assert.True(measure.Reached != false, $"{measure.Name}, {measure.Conditions}: {measure.Value}, aim {measure.Aim}"));
        Assert.Empty(run.Different);
        Assert.Empty(run.Violations);
    }
}
