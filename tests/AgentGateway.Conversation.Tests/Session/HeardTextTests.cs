using AgentGateway.Conversation.Events;
using AgentGateway.Testing;

namespace AgentGateway.Conversation.Tests.Session;

/// <summary>After an interruption, history holds what the caller's ear heard by then, within one word.</summary>
public sealed class HeardTextTests
{
    private const int BargeIns = 500;
    private const string Speech =
        "Well, the first of our rooms looks over the garden. It has two beds, a desk and a chair. The second one is larger, and it costs a little more. Both are free on Friday.";

    [Theory]
    [InlineData(0, 9)]
    [InlineData(100, 6)]
    public void A_voice_without_word_times_is_listened_to(int pieceDelay, int steps)
    {
        using Call call = Call.Start();
        call.Synthesizer.WithTimings = false;
        call.Synthesizer.PieceDelay = TimeSpan.FromMilliseconds(pieceDelay);
        call.Model.Reply("Well, the first of our rooms looks over the garden and has two beds.");
        call.Session.PushText("tell me about the rooms");
        call.Await<AgentSpeechStarted>();
        call.Await<SegmentCompleted>();
        int[] lengths = [.. call.Events.OfType<SegmentProgress>().Select(e => e.HeardLength)];
        // Word by word, and in leaps of two or three where audio comes as late as it is heard.
        Assert.InRange(lengths.Length, steps, 13);
        Assert.Equal(lengths.Order().Distinct(), lengths);
    }

    [Fact]
    public void Heard_text_is_within_one_word_after_500_random_barge_ins()
    {
        string[] words = Speech.Split(' ');
        int within = 0;
        for (ulong seed = 1; seed <= BargeIns; seed++)
        {
            var random = new SeededRandom(seed);
            using Call call = Call.Start();
            var delay = TimeSpan.FromMilliseconds(20 + random.Next(280));
            call.Session.OutputDelay = delay;
            call.Synthesizer.PerWord = TimeSpan.FromMilliseconds(120 + random.Next(200));
            call.Synthesizer.FirstAudioDelay = TimeSpan.FromMilliseconds(random.Next(300));
            call.Model.Reply(Speech).Reply("Yes.");
            call.Session.PushText("tell me about the rooms");
            call.Await<AgentSpeechStarted>();
            call.Run(random.Next((int)((words.Length * call.Synthesizer.PerWord.TotalMilliseconds) - 800)));
            call.Say(random.Next(2) == 0 ? "wait stop a moment" : "tomorrow then").Play();
            AgentInterrupted interrupted = call.Await<AgentInterrupted>();
            string[] heard = interrupted.HeardText.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.True(heard.SequenceEqual(words.Take(heard.Length)), $"{random}: {interrupted.HeardText}");

            // The ground truth: what had left by then, less what was still on its way.
            int frames = (int)((interrupted.At - delay) / Call.Frame);
            int truth = call.AgentWords.Decode(call.Heard.Take(frames * 960), call.Synthesizer.PerWord, 48_000).Count;
            within += Math.Abs(heard.Length - truth) <= 1 ? 1 : 0;
        }

        Assert.True(within >= 0.98 * BargeIns, $"{within} of {BargeIns}");
    }

    // Keys and typed text cut without a hold before it: a second of speech is still on its way then, and the caller acted without having heard it.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_on_its_way_when_the_agent_is_cut_at_once_is_not_in_history(bool key)
    {
        using Call call = Call.Start();
        var delay = TimeSpan.FromSeconds(1);
        call.Session.OutputDelay = delay;
        call.Synthesizer.PerWord = TimeSpan.FromMilliseconds(250);
        call.Model.Reply(Speech).Reply("Yes.");
        call.Session.PushText("tell me about the rooms");
        call.Await<AgentSpeechStarted>();
        call.Run(3000);
        if (key)
            Assert.True(call.Session.PushDtmf('5'));
        else
            call.Session.PushText("stop that");
        AgentInterrupted interrupted = call.Await<AgentInterrupted>();
        string[] heard = interrupted.HeardText.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Speech.Split(' ')[..heard.Length], heard);
        int Words(TimeSpan at) => call.AgentWords.Decode(call.Heard.Take((int)(at / Call.Frame) * 960), call.Synthesizer.PerWord, 48_000).Count;
        Assert.InRange(heard.Length, Words(interrupted.At - delay) - 1, Words(interrupted.At - delay) + 1);
        Assert.True(heard.Length <= Words(interrupted.At) - 3, interrupted.HeardText);
    }

    [Fact]
    public void What_is_on_its_way_when_playout_is_held_is_heard_all_the_same()
    {
        var ear = new Conversation.Session.HeardPosition();
        var delay = TimeSpan.FromMilliseconds(100);
        for (int i = 0; i <= 10; i++)
            Assert.Equal(Math.Max(0, i - 5) * 960, ear.At(Primitives.Instant.FromMilliseconds(i * 20), i * 960, delay));
        Assert.Equal(7 * 960, ear.At(Primitives.Instant.FromMilliseconds(240), 10 * 960, delay));
        Assert.Equal(10 * 960, ear.At(Primitives.Instant.FromMilliseconds(310), 10 * 960, delay));
    }
}
