using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Tests.TurnTaking;

public sealed class FinalWaitTests
{
    private static readonly TimeSpan Min = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Max = TimeSpan.FromMilliseconds(1500);

    [Fact]
    public void Three_finals_are_enough_to_know_the_recogniser()
    {
        var wait = new FinalWait(Min, Max, TimeSpan.FromMilliseconds(700));
        wait.Add(TimeSpan.FromMilliseconds(400));
        wait.Add(TimeSpan.FromMilliseconds(400));
        Assert.Null(wait.Learned);
        Assert.Equal(700, wait.Limit.TotalMilliseconds);
        wait.Add(TimeSpan.FromMilliseconds(400));
        Assert.Equal(500, wait.Learned?.TotalMilliseconds);
        Assert.Equal(500, wait.Limit.TotalMilliseconds);
    }

    [Fact]
    public void Only_finals_are_measured()
    {
        var dialogue = new Dialogue();
        for (int i = 0; i < 3; i++)
            dialogue.Speak(400).Silence(224).Partial("what").Partial("what time").Wait(100).Final("what time is it").Wait(2600).Played().Finished();
        Assert.Equal(150, dialogue.Turns.LearnedFinalWait?.TotalMilliseconds);
        dialogue = new Dialogue().Speak(400).Silence(224).Partial("what").Partial("what time").Partial("what time is");
        Assert.Null(dialogue.Turns.LearnedFinalWait);
    }
}
