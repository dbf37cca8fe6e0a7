using AgentGateway.Conversation.Events;

namespace AgentGateway.Conversation.Tests.Session;

public sealed class ConversationSessionTests
{
    [Fact]
    public void The_greeting_is_spoken_first()
    {
        using Call call = Call.Start(greeting: "Hello there. How can I help?");
        call.Await<AgentSpeechStopped>();
        Assert.Equal("Hello there. How can I help?", call.HeardText);
        Assert.Equal(
            [AgentState.Initializing, AgentState.Thinking, AgentState.Speaking, AgentState.Listening],
            call.Events.OfType<AgentStateChanged>().Select(e => e.State));
    }

    [Fact]
    public void A_question_is_answered()
    {
        using Call call = Call.Start();
        call.Model.Reply("We open at ", "nine. ", "We close at ", "five.");
        call.Say("when do you open").Play();
        call.Await<AgentSpeechStopped>();
        Assert.Equal("when do you open", call.Single<UserTurnCommitted>().Text);
        Assert.Equal("We open at nine. We close at five.", call.HeardText);
        call.Say("thanks").Play();
        call.Model.Reply("You are welcome.");
        call.Await<AgentSpeechStopped>(2);
        Assert.Equal(
            ["system:Be brief.", "user:when do you open", "assistant:We open at nine. We close at five.", "user:thanks"],
            call.Model.Requests[1].Select(m => $"{m.Role}:{m.Text}"));
    }
}
