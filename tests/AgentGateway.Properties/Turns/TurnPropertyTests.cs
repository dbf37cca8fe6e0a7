using AgentGateway.Conversation.Log;
using AgentGateway.Conversation.Log.Replay;
using AgentGateway.Conversation.TurnTaking;
using AgentGateway.Testing.Conversation;
using FsCheck.Fluent;

namespace AgentGateway.Properties.Turns;

/// <summary>Whatever happens in whatever order, the log of a call keeps the promises of turn-taking.</summary>
public sealed class TurnPropertyTests
{
    // What time alone leaves of each phase when the caller says nothing more, in seconds.
    private static readonly Dictionary<TurnPhase, double> Longest = new()
    {
        // A sound that is going on ends a second after its last window.
        [TurnPhase.Hearing] = 1.1,
        // The longest delay, or a key's pause.
        [TurnPhase.Pausing] = 2.6,
        [TurnPhase.AwaitingTranscript] = 4.1,
        [TurnPhase.Contested] = 1.9,
        // Two stalls of a silent model, or four fillers, each followed by an apology.
        [TurnPhase.Thinking] = 91,
        [TurnPhase.Speaking] = 30,
        // The last reply, and a stall.
        [TurnPhase.Closing] = 21,
    };

    [Fact]
    public void A_call_that_ends_anywhere_keeps_every_promise()
    {
        HashSet<TurnCommandKind> seen = [];
        PropertyCheck.Run(Prop.ForAll(TurnSchedule.Arbitrary, schedule => Holds(schedule, seen)), cases: 10_000);

        // Schedules that never get anywhere prove nothing.
        Assert.Equal(Enum.GetValues<TurnCommandKind>(), seen.Order());
    }

    // What random schedules found once.
    [Theory]
    [InlineData(442648483, "336DEBFF9B")]
    [InlineData(1085798654, "79EB")]
    [InlineData(1835828395, "ABED8EB9E4D071CBD7F63631867167B7")]
    [InlineData(1679448543, "B7C4EDA1ABF2F4A739A7514CE6")]
    public void What_was_found_once_holds(int seed, string steps)
    {
        Holds(new TurnSchedule(seed, Convert.FromHexString(steps)), []);
        Rests(new TurnSchedule(seed, Convert.FromHexString(steps)));
    }

    [Fact]
    public void Left_alone_every_call_comes_to_rest() => PropertyCheck.Run(Prop.ForAll(TurnSchedule.Arbitrary, Rests), cases: 3_000);

    [Fact]
    public void The_same_log_gives_the_same_decisions() => PropertyCheck.Run(Prop.ForAll(TurnSchedule.Arbitrary, Replays), cases: 1_000);

    [Fact]
    public void A_call_of_ten_minutes_replays_in_less_than_five_seconds()
    {
        var random = new Testing.SeededRandom(10);
        byte[] steps = new byte[1000];
        random.Fill(steps);
        var world = new TurnWorld(new TurnSchedule(12, [.. steps.Where(step => step != 0xFF)]), isLong: true);
        world.HangUp();
        TimeSpan before = ProcessorTime();
        ReplayReport report = CallReplay.Run(Open(world));
        TimeSpan took = ProcessorTime() - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{report.Length}, {world.Log.Bytes.Length} bytes, {report.Facts} facts, {report.Commands} decisions in {took.TotalSeconds:F3} s");
        Assert.True(report.IsSame, $"{report}");
        Assert.True(report.Length > TimeSpan.FromMinutes(10) && report.Facts > 10_000 && report.Commands > 1000, $"{report}");

        // Tenths of a second, and of the processor's time: others may have it in between.
        Assert.True(took < TimeSpan.FromSeconds(5), $"{took}");
        AssertInvariants(world);
    }

    private static bool Holds(TurnSchedule schedule, HashSet<TurnCommandKind> seen)
    {
        var world = new TurnWorld(schedule);
        world.HangUp();
        seen.UnionWith(world.Commanded);
        AssertInvariants(world);
        return true;
    }

    private static bool Rests(TurnSchedule schedule)
    {
        var world = new TurnWorld(schedule);
        world.LeaveAlone(TimeSpan.FromMinutes(10));
        foreach ((TurnPhase phase, double seconds) in Longest)
            Assert.True(world.Longest.GetValueOrDefault(phase).TotalSeconds <= seconds, $"{phase} lasts {world.Longest.GetValueOrDefault(phase)}");
        Assert.True(world.Phase is TurnPhase.Listening or TurnPhase.Ended, $"it rests in {world.Phase}");
        world.HangUp();
        AssertInvariants(world);
        return true;
    }

    private static bool Replays(TurnSchedule schedule)
    {
        var world = new TurnWorld(schedule);
        world.HangUp();
        ReplayReport report = CallReplay.Run(Open(world));
        Assert.True(report.IsSame, $"{report}");
        return true;
    }

    // What this thread has had of the processor so far: user and system time in hundredths of a second (proc(5), stat).
    private static TimeSpan ProcessorTime()
    {
        string stat = File.ReadAllText("/proc/thread-self/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds(fields[11..13].Sum(f => long.Parse(f, System.Globalization.CultureInfo.InvariantCulture)) / 100.0);
    }

    private static void AssertInvariants(TurnWorld world)
    {
        IReadOnlyList<string> violations = CallLogInvariants.Check(Open(world));
        if (violations.Count == 0)
            return;
        CallLogReader log = Open(world);
        List<string> entries = [];
        for (int number = 1; log.TryRead(out CallLogEntry entry); number++)
        {
            if (entry is not CallLogEntry.Fact { Value.Kind: TurnFactKind.Voice })
                entries.Add($"{number} {entry}");
        }

        Assert.Fail($"{string.Join('\n', violations)}\n{log.Header}\n{string.Join('\n', entries.TakeLast(60))}");
    }

    private static CallLogReader Open(TurnWorld world)
    {
        Assert.True(CallLogReader.TryOpen(world.Log.Bytes, out CallLogReader? log, out string? problem), problem);
        return log!;
    }
}
