using System.Text.Json;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Tools;
using Microsoft.Extensions.AI;

namespace AgentGateway.Conversation.Tests.Session;

public sealed class ToolCallTests
{
    [Fact]
    public void A_tool_runs_and_the_model_answers_with_its_result()
    {
        using Call call = Call.Start(context => context with { Tools = [new Tool("book", endsCall: false)] });
        call.Model
            .Reply("One moment. ", new FunctionCallContent("c1", "book", new Dictionary<string, object?> { ["size"] = 4 }))
            .Reply("Your table is booked.")
            .Reply("Yes.");
        call.Session.PushText("a table for four");
        call.Await<AgentSpeechStopped>();
        ToolCallStarted started = call.Single<ToolCallStarted>();
        Assert.Equal(("c1", "book", """{"size":4}"""), (started.CallId, started.Name, started.ArgumentsJson));
        Assert.False(call.Single<ToolCallCompleted>().Failed);
        Assert.Equal("One moment. Your table is booked.", call.HeardText);
        call.Session.PushText("sure?");
        call.Await<AgentSpeechStopped>(2);
        Assert.Equal(
            ["system", "user", "assistant", "tool", "assistant", "user"],
            call.Model.Requests[2].Select(m => m.Role.Value));
        Assert.Equal("c1", call.Model.Requests[2][2].Contents.OfType<FunctionCallContent>().Single().CallId);
        Assert.Equal("One moment.", call.Model.Requests[2][2].Text);
        Assert.Equal("Your table is booked.", call.Model.Requests[2][4].Text);
    }

    [Fact]
    public void The_call_ends_once_the_goodbye_was_heard()
    {
        using Call call = Call.Start(context => context with { Tools = [new Tool("end_call", endsCall: true)] });
        call.Model.Reply(new FunctionCallContent("c1", "end_call")).Reply("Goodbye and take care.");
        call.Session.PushText("bye");
        Assert.Equal(ConversationEndReason.AgentEnded, call.End());
        Assert.Equal("Goodbye and take care.", call.HeardText);
    }

    [Fact]
    public void The_call_ends_without_a_goodbye_too()
    {
        using Call call = Call.Start(context => context with { Tools = [new Tool("end_call", endsCall: true)] });
        call.Model.Reply("Bye. ", new FunctionCallContent("c1", "end_call")).Reply("");
        call.Session.PushText("bye");
        Assert.Equal(ConversationEndReason.AgentEnded, call.End());
        Assert.Equal("Bye.", call.HeardText);
        Assert.Empty(call.Events.OfType<ConversationFault>());
    }

    [Fact]
    public void A_slow_tool_is_not_the_models_slowness()
    {
        using Call call = Call.Start(context => context with { Tools = [new Tool("book", endsCall: false, TimeSpan.FromSeconds(9), context.TimeProvider)] }, turn: new TurnOptions { MaxSilence = TimeSpan.Zero });
        call.Model.Reply(new FunctionCallContent("c1", "book")).Reply("Done.");
        call.Session.PushText("book");
        call.Run(9_100);
        // The tool loop goes on outside of the test's context.
        call.AwaitOutside<ToolCallCompleted>();
        call.Await<AgentSpeechStopped>();
        Assert.Empty(call.Events.OfType<ConversationFault>());
        Assert.Equal("Done.", call.HeardText);
    }

    [Fact]
    public void What_a_tool_did_stays_in_history_when_the_answer_was_cut()
    {
        using Call call = Call.Start(context => context with { Tools = [new Tool("book", endsCall: false)] });
        call.Model.Reply(new FunctionCallContent("c1", "book")).Reply(TimeSpan.FromSeconds(2), "Your table is booked.").Reply("Yes.");
        call.Session.PushText("book");
        call.Run(500);
        call.Session.PushText("is it done?");
        call.Run(40);
        // What is cut ends outside of the test's context, too, and the next question waits for that.
        call.AwaitOutside(() => call.Model.Requests.Count == 3, "third request");
        call.Await<AgentSpeechStopped>();
        Assert.Equal(["system", "user", "assistant", "tool", "user"], call.Model.Requests[2].Select(m => m.Role.Value));
        Assert.Equal("", call.Model.Requests[2][2].Text);
    }

    private sealed class Tool(string name, bool endsCall, TimeSpan delay = default, TimeProvider? time = null) : AgentFunction(new ToolDefinition
    {
        Name = name,
        Description = "A tool.",
        Parameters = JsonDocument.Parse("""{"type":"object"}""").RootElement,
        Binding = new ToolBinding { Builtin = name },
    })
    {
        public override bool EndsCall => endsCall;

        protected override async ValueTask<ToolResult> RunAsync(JsonElement arguments, CancellationToken cancellationToken)
        {
            if (delay > TimeSpan.Zero)
                await Task.Delay(delay, time!, cancellationToken);
            return ToolResult.Ok(JsonDocument.Parse("""{"ok":true}""").RootElement);
        }
    }
}
