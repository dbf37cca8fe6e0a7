using AgentGateway.Conversation.Events;
using AgentGateway.Testing;

namespace AgentGateway.Conversation.Tests.Session;

/// <summary>Interruptions at any time, in any state of any provider.</summary>
public sealed class RandomBargeInTests
{
    private const string Speech =
        "Well, the first of our rooms looks over the garden. It has two beds, a desk and a chair. The second one is larger, and it costs a little more. Both are free on Friday.";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void History_holds_what_was_played_within_one_word(bool timings)
    {
        string[] words = Speech.Split(' ');
        for (ulong seed = 1; seed <= 150; seed++)
        {
            var random = new SeededRandom(seed);
            using Call call = Call.Start();
            call.Synthesizer.WithTimings = timings;
            call.Synthesizer.PerWord = TimeSpan.FromMilliseconds(120 + random.Next(200));
            call.Synthesizer.FirstAudioDelay = TimeSpan.FromMilliseconds(random.Next(300));
            call.Model.Reply([.. Pieces(random)]).Reply("Yes.");
            call.Session.PushText("tell me about the rooms");
            call.Await<AgentSpeechStarted>();
            call.Run(random.Next((int)((words.Length * call.Synthesizer.PerWord.TotalMilliseconds) - 800)));
            call.Say("wait stop a moment").Play();
            AgentInterrupted interrupted = call.Await<AgentInterrupted>();
            string[] played = [.. call.HeardWords.TakeWhile(word => word != "Yes.")];
            string[] heard = interrupted.HeardText.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(heard.SequenceEqual(words.Take(heard.Length)), $"{random}: {interrupted.HeardText}");
            // Estimates know the share of characters, not of time: words of very different length move them.
            Assert.True(Math.Abs(heard.Length - played.Length) <= (timings ? 1 : 3), $"{random}: heard {heard.Length}, played {played.Length}");
        }
    }

    [Fact]
    public void Every_call_ends_when_it_is_told_to_and_starts_no_audio_afterwards()
    {
        for (ulong seed = 1; seed <= 150; seed++)
        {
            var random = new SeededRandom(seed);
            using Call call = Call.Start(greeting: random.Next(2) == 0 ? "Hello, this is the hotel." : null);
            call.Synthesizer.FirstAudioDelay = TimeSpan.FromMilliseconds(random.Next(200));
            call.Recognizer.FinalDelay = TimeSpan.FromMilliseconds(random.Next(600));
            for (int i = 0; i < 6; i++)
            {
                call.Model.Reply(random.Next(6) == 0 ? [new IOException("reset")] : [.. Pieces(random)]);
                switch (random.Next(6))
                {
                    case 0:
                        call.Session.PushText("and now?", runImmediately: random.Next(3) > 0, audioResponse: random.Next(3) > 0);
                        break;
                    case 1:
                        call.Noise(random.Next(900));
                        break;
                    case 2:
                        call.Recognizer.FailNextWrite = true;
                        break;
                    default:
                        call.Say("wait what about the other room").Pause(random.Next(2000));
                        break;
                }

                call.Play(random.Next(3000));
            }

            ConversationEndReason reason = call.HangUp();
            Assert.True(reason == ConversationEndReason.CallerHungUp, $"{random}: {reason}\n{call}");
            int from = call.Heard.Count;
            call.Run(200);
            Assert.True(call.Heard.Skip(from + 240).All(sample => sample == 0), $"{random}");
            Assert.True(call.Events.Count(e => e is ConversationEnded) == 1 && call.Events[^1] is ConversationEnded, $"{random}");
            AssertOrder(call, random);
        }
    }

    private static void AssertOrder(Call call, SeededRandom random)
    {
        int segment = 0;
        bool speaking = false;
        HashSet<int> committed = [0];
        HashSet<int> queued = [];
        foreach (ConversationEvent e in call.Events)
        {
            switch (e)
            {
                case SegmentQueued queuedSegment:
                    Assert.True(queuedSegment.Segment > segment && queued.Add(queuedSegment.Segment), $"{random}: {e}");
                    segment = queuedSegment.Segment;
                    break;
                case SegmentProgress progress:
                    Assert.True(queued.Contains(progress.Segment) && speaking, $"{random}: {e}\n{call}");
                    break;
                case UserTurnCommitted turn:
                    Assert.True(committed.Add(turn.Turn), $"{random}: {e}");
                    break;
                case AgentSpeechStarted:
                    Assert.True(!speaking, $"{random}: {e}");
                    speaking = true;
                    break;
                case AgentSpeechStopped:
                    Assert.True(speaking, $"{random}: {e}");
                    speaking = false;
                    break;
                case TurnMeasured measured:
                    Assert.True(measured.Latency.Total >= TimeSpan.Zero && committed.Contains(measured.Latency.Turn), $"{random}: {e}");
                    break;
            }
        }

        Assert.True(!speaking, $"{random}");
    }

    private static IEnumerable<object> Pieces(SeededRandom random)
    {
        for (int at = 0; at < Speech.Length;)
        {
            int length = Math.Min(1 + random.Next(9), Speech.Length - at);
            yield return Speech.Substring(at, length);
            at += length;
            if (random.Next(12) == 0)
                yield return TimeSpan.FromMilliseconds(random.Next(60));
        }
    }
}
