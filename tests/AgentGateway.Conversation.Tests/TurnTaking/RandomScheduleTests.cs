using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.TurnTaking;
using AgentGateway.Testing;

namespace AgentGateway.Conversation.Tests.TurnTaking;

/// <summary>Whatever happens in whatever order: the engine keeps its promises.</summary>
public sealed class RandomScheduleTests
{
    private static readonly string[] Texts =
        ["", "yes", "okay", "uh-huh", "wait", "i would like a table for", "what time do you open", "stop that please", "two"];

    [Fact]
    public void No_schedule_breaks_a_promise()
    {
        HashSet<TurnCommandKind> seen = [];
        for (ulong seed = 1; seed <= 2000; seed++)
            seen.UnionWith(Run(seed).Log.Select(entry => entry.Command.Kind));
        // A schedule that never gets anywhere proves nothing.
        Assert.Equal(Enum.GetValues<TurnCommandKind>(), seen.Order());
    }

    [Fact]
    public void The_same_facts_give_the_same_commands()
    {
        for (ulong seed = 1; seed <= 50; seed++)
            Assert.Equal(Run(seed).Log.Select(entry => entry.ToString()), Run(seed).Log.Select(entry => entry.ToString()));
    }

    private static Dialogue Run(ulong seed)
    {
        var random = new SeededRandom(seed);
        var options = new TurnTakerOptions
        {
            BargeIn = random.Next(5) > 0,
            GreetingInterruptible = random.Next(2) > 0,
            Speculate = random.Next(3) > 0,
            JudgeEndOfTurn = random.Next(2) > 0,
            IdlePrompt = TimeSpan.FromSeconds(random.Next(2) * 6),
            IdlePromptAgain = TimeSpan.FromSeconds(9),
            MaxCall = TimeSpan.FromSeconds(random.Next(4) == 0 ? 45 : 0),
            CallWarning = TimeSpan.FromSeconds(15),
            MaxTurn = TimeSpan.FromSeconds(random.Next(3) == 0 ? 4 : 60),
        };
        var dialogue = new Dialogue(options, greeting: random.Next(2) > 0);
        for (int step = 0; step < 150; step++)
            Step(dialogue, random);
        Check(dialogue, random, before: "the end");

        // Left alone, every dialogue comes to rest: listening, with nothing awaited, or ended where silence or time end it.
        dialogue.Silence(400);
        for (int i = 0; i < 400 && (dialogue.Turns.NextTimeout is not null || dialogue.Phase != TurnPhase.Listening) && dialogue.Phase != TurnPhase.Ended; i++)
            dialogue.Wait(1000);
        Assert.True(
            dialogue.Phase is TurnPhase.Ended || (dialogue.Phase == TurnPhase.Listening && dialogue.Turns.NextTimeout is null),
            $"{random}: rests in {dialogue.Phase} until {dialogue.Turns.NextTimer}");
        dialogue.Tell(TurnFact.End(ConversationEndReason.CallerHungUp, afterReply: false));
        Check(dialogue, random, before: "nothing");
        Assert.True(dialogue.Phase == TurnPhase.Ended && dialogue.Turns.NextTimeout is null, $"{random}");
        return dialogue;
    }

    private static void Step(Dialogue dialogue, SeededRandom random)
    {
        int utterance = Math.Max(1, dialogue.Log.Count(e => e.Command.Kind == TurnCommandKind.OpenUtterance) - random.Next(2));
        string text = Texts[random.Next(Texts.Length)];
        switch (random.Next(25))
        {
            case < 5:
                dialogue.Echo = random.Next(3) == 0 ? random.Next(100) / 100f : 0;
                dialogue.Speak(random.Next(900));
                break;
            case < 10:
                dialogue.Silence(random.Next(1500));
                break;
            case 10 or 11:
                dialogue.Tell(TurnFact.Transcript(utterance, text, isFinal: false));
                break;
            case 12 or 13 or 14:
                dialogue.Tell(TurnFact.Transcript(utterance, text, isFinal: true));
                break;
            case 15:
                dialogue.Type("typed", run: random.Next(3) > 0, spoken: random.Next(3) > 0);
                break;
            case 16:
                dialogue.Wait(random.Next(4000));
                break;
            case 17 or 18:
                dialogue.Reply(TurnFactKind.PlayoutStarted, dialogue.Turns.Generation - random.Next(2));
                break;
            case 19:
                dialogue.Reply(TurnFactKind.ReplyFinished, dialogue.Turns.Generation - random.Next(2));
                break;
            case 20:
                dialogue.Tell(random.Next(2) == 0
                    ? TurnFact.Reply(TurnFactKind.ReplyProgress, dialogue.Turns.Generation)
                    : TurnFact.Reply(TurnFactKind.PlayoutProgress, dialogue.Turns.Generation, "what time do you open"));
                break;
            case 22:
                dialogue.Tell(TurnFact.Dtmf("0123456789*#ABCD"[random.Next(16)]));
                break;
            case 23:
                dialogue.Tell(random.Next(2) == 0 ? TurnFact.EndOfTurn(utterance, random.Next(100) / 100f) : TurnFact.ProviderEndOfTurn(utterance, random.Next(100) / 100f));
                break;
            case 24 when random.Next(5) == 0:
                dialogue.Tell(TurnFact.Uninterruptible(dialogue.Turns.Generation));
                break;
            case 24:
                dialogue.Tell(random.Next(2) == 0
                    ? TurnFact.ReplyText(dialogue.Turns.Generation, "What is your number?")
                    : TurnFact.ListenFor(dialogue.Turns.Generation, (ListeningContext)random.Next(7)));
                break;
            case 21 when random.Next(6) == 0:
                dialogue.Tell(TurnFact.RecognizerLost());
                break;
            case 21 when random.Next(30) == 0:
                dialogue.Tell(TurnFact.End(ConversationEndReason.AgentEnded, afterReply: true));
                break;
        }
    }

    private static void Check(Dialogue dialogue, SeededRandom random, string before)
    {
        int alive = 0;
        int speculated = 0;
        int lastGeneration = 0;
        int lastTurn = 0;
        int openUtterance = 0;
        int committed = 0;
        bool held = false;
        bool speaking = false;
        long position = 0;
        foreach ((_, TurnCommand command) in dialogue.Log)
        {
            string where = $"{random} before {before}: {command}";
            switch (command.Kind)
            {
                case TurnCommandKind.StartReply or TurnCommandKind.Say:
                    // One reply at a time, numbered upwards, never while playout is held, and never to a turn that is to come.
                    Assert.True(command.Generation == lastGeneration + 1, where);
                    Assert.True(!held && !speaking, where);
                    Assert.True(command.Kind == TurnCommandKind.Say || (command.Turn <= committed && command.Turn > 0), where);
                    Assert.True(speculated == 0, where);
                    lastGeneration = alive = command.Generation;
                    break;
                case TurnCommandKind.StartSpeculation:
                    // One at a time, beside no reply, and for the turn that is open.
                    Assert.True(command.Generation == lastGeneration + 1 && speculated == 0 && command.Turn == lastTurn, where);
                    Assert.True(command.Turn > committed && !string.IsNullOrEmpty(command.Text), where);
                    lastGeneration = speculated = command.Generation;
                    break;
                case TurnCommandKind.CommitSpeculation:
                    Assert.True(command.Generation == speculated && command.Turn == committed && !held && !speaking, where);
                    alive = speculated;
                    speculated = 0;
                    break;
                case TurnCommandKind.DropSpeculation:
                    Assert.True(command.Generation == speculated, where);
                    speculated = 0;
                    break;
                case TurnCommandKind.CancelReply:
                    Assert.True(command.Generation == alive, where);
                    alive = 0;
                    break;
                case TurnCommandKind.HoldPlayout:
                    Assert.True(!held, where);
                    held = true;
                    break;
                case TurnCommandKind.ReleasePlayout:
                    Assert.True(held, where);
                    held = false;
                    break;
                case TurnCommandKind.ReportAgentStarted:
                    Assert.True(!speaking && command.Generation == lastGeneration, where);
                    speaking = true;
                    break;
                case TurnCommandKind.ReportAgentStopped:
                    Assert.True(speaking, where);
                    speaking = false;
                    break;
                case TurnCommandKind.OpenUtterance:
                    Assert.True(openUtterance == 0 && (command.Again || command.Position >= position), where);
                    openUtterance = command.Utterance;
                    position = Math.Max(position, command.Position);
                    break;
                case TurnCommandKind.EndUtterance:
                    Assert.True(command.Utterance == openUtterance, where);
                    openUtterance = 0;
                    break;
                case TurnCommandKind.ReportUserStarted:
                    Assert.True(command.Turn > lastTurn, where);
                    lastTurn = command.Turn;
                    break;
                case TurnCommandKind.CommitTurn:
                    Assert.True(command.Turn > committed && !string.IsNullOrEmpty(command.Text), where);
                    committed = command.Turn;
                    break;
            }
        }

        Assert.True(held == (dialogue.Phase == TurnPhase.Contested), $"{random}: held={held} in {dialogue.Phase}");
        Assert.True(speaking ? dialogue.Phase is TurnPhase.Speaking or TurnPhase.Contested or TurnPhase.Closing : dialogue.Phase != TurnPhase.Speaking, $"{random}");
    }
}
