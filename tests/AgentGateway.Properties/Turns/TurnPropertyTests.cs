using AgentGateway.Conversation.Log;
using AgentGateway.Conversation.Log.Replay;
using AgentGateway.Conversation.TurnTaking;
using AgentGateway.Testing.Conversation;
using FsCheck.Fluent;

namespace AgentGateway.Properties.Turns;

/// <summary>Whatever happens in whatever order, the log of a call keeps the promises of turn-taking.</summary>
public sealed class TurnPropertyTests
{
    // The caller may speak for a minute; everything else is bounded by the stall limits.
    private static readonly TimeSpan LongestPhase = TimeSpan.FromSeconds(66);

    [Fact]
    public void A_call_that_ends_anywhere_keeps_every_promise()
    {
        HashSet<TurnCommandKind> seen = [];
        PropertyCheck.Run(Prop.ForAll(TurnSchedule.Arbitrary, schedule => Holds(schedule, seen)), cases: 10_000);

        // Schedules that never get anywhere prove nothing.
        TurnCommandKind[] needed =
        [
            TurnCommandKind.OpenUtterance, TurnCommandKind.EndUtterance, TurnCommandKind.JudgeEndOfTurn, TurnCommandKind.CommitTurn,
            TurnCommandKind.AppendContext, TurnCommandKind.StartReply, TurnCommandKind.Say, TurnCommandKind.CancelReply, TurnCommandKind.HoldPlayout,
            TurnCommandKind.ReleasePlayout, TurnCommandKind.ReportNoWords, TurnCommandKind.ReportAgentStarted, TurnCommandKind.ReportAgentStopped,
            TurnCommandKind.ReportStalled, TurnCommandKind.EndConversation,
        ];
        Assert.Empty(needed.Except(seen));
    }

    [Fact]
    public void Left_alone_every_call_comes_to_rest() => PropertyCheck.Run(Prop.ForAll(TurnSchedule.Arbitrary, Rests), cases: 3_000);

    [Fact]
    public void The_same_log_gives_the_same_decisions() => PropertyCheck.Run(Prop.ForAll(TurnSchedule.Arbitrary, Replays), cases: 1_000);

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
        Assert.True(world.Longest.Time < LongestPhase, $"{world.Longest}");
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

    private static void AssertInvariants(TurnWorld world)
    {
        IReadOnlyList<string> violations = CallLogInvariants.Check(Open(world));
        Assert.True(violations.Count == 0, string.Join('\n', violations));
    }

    private static CallLogReader Open(TurnWorld world)
    {
        Assert.True(CallLogReader.TryOpen(world.Log.Bytes, out CallLogReader? log, out string? problem), problem);
        return log!;
    }
}
