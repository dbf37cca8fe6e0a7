using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Log;
using AgentGateway.Conversation.Tests.Log;
using Microsoft.Extensions.AI;

namespace AgentGateway.Conversation.Tests.Session;

public sealed class SpeculationTests
{
    private const string Question = "where can i park my car";

    [Fact]
    public void The_answer_is_ready_when_the_turn_is_over()
    {
        using Call call = Call.Start();
        call.Model.Reply(TimeSpan.FromMilliseconds(200), "Behind the house.");
        call.Synthesizer.FirstAudioDelay = TimeSpan.FromMilliseconds(100);
        call.Say(Question).Play();
        TurnLatency latency = call.Await<TurnMeasured>().Latency;
        Assert.InRange((latency.Total - latency.Endpointing).TotalMilliseconds, 0, 45);
        call.Await<AgentSpeechStopped>();
        Assert.Equal("Behind the house.", call.HeardText);
        Assert.Single(call.Model.Requests);
        Assert.Equal(Question, call.Model.Requests[0][^1].Text);
        int committed = call.Events.FindIndex(e => e is UserTurnCommitted);
        Assert.True(call.Events.FindIndex(e => e is ReplyStarted) > committed && call.Events.FindIndex(e => e is ReplyText) > committed);
    }

    [Fact]
    public void An_answer_to_half_a_turn_is_never_heard_and_is_counted()
    {
        var log = new CallLogBuffer();
        using Call call = Call.Start(context => context with { Log = log });
        call.Model.Reply("Behind the house, and it is free.").Reply("For the night it costs five.");
        call.Say(Question).Pause(600).Say("for the night").Play();
        call.Await<AgentSpeechStopped>();
        Assert.Equal("For the night it costs five.", call.HeardText);
        SpeculationWasted wasted = call.Single<SpeculationWasted>();
        Assert.Equal((1, "Behind the house, and it is free.".Length), (wasted.Turn, wasted.Characters));
        Assert.Equal(SpeculationWaste.TurnWentOn, wasted.Reason);
        Assert.InRange(wasted.Took, TimeSpan.FromMilliseconds(600), TimeSpan.FromSeconds(2));
        TurnLatency report = call.Single<TurnMeasured>().Latency;
        Assert.Equal((1, wasted.Characters), (report.WastedReplies, report.WastedCharacters));
        call.HangUp();
        DialogueNote note = Assert.Single(CallLogCodecTests.ReadAll(CallLogCodecTests.Open(log.Bytes)).OfType<CallLogEntry.Note>(), n => n.Value.Kind == DialogueNoteKind.Measured).Value;
        Assert.Equal(
            (report.Endpointing, report.Pacing, report.WasSpeculated, 1, wasted.Characters),
            (note.Endpointing, note.Pacing, note.WasSpeculated, note.WastedReplies, note.WastedCharacters));
        Assert.Equal(Question + " for the night", call.Single<UserTurnCommitted>().Text);
        Assert.Equal(Question + " for the night", call.Model.Requests[1][^1].Text);
    }

    [Fact]
    public void An_answer_begun_for_a_call_that_ends_is_wasted()
    {
        using Call call = Call.Start();
        call.Model.Reply(TimeSpan.FromSeconds(5), "Behind the house.");
        call.Say(Question).Play(300);
        call.HangUp();
        SpeculationWasted wasted = call.Single<SpeculationWasted>();
        Assert.Equal((SpeculationWaste.CallEnded, 0), (wasted.Reason, wasted.Characters));
    }

    [Fact]
    public void No_tool_runs_before_the_turn_is_committed()
    {
        bool ran = false;
        AIFunction tool = AIFunctionFactory.Create(() => { ran = true; return "ok"; }, "book");
        using Call call = Call.Start(context => context with { Tools = [tool] });
        call.Model.Reply(new FunctionCallContent("c1", "book")).Reply("Done.").Reply("You are welcome.");
        call.Say(Question).Pause(500).Play();
        Assert.Single(call.Model.Requests);
        Assert.False(ran);
        call.Say("for the night").Play();
        Assert.False(ran);
        call.Await<SpeculationWasted>();
    }
}
