using AgentGateway.Conversation.Speech.Alignment;
using AgentGateway.Testing;

namespace AgentGateway.Conversation.Tests.Speech.Alignment;

/// <summary>Words in audio made for the test: a tone for each vowel, weaker ones for what is between them, silence for pauses.</summary>
public sealed class WordAlignerTests
{
    private const int Rate = 16_000;
    private const string Text = "Both of them are quiet at night, because the street behind the house is closed for cars after ten.";

    [Theory]
    [InlineData(0.7)]
    [InlineData(1.0)]
    [InlineData(1.5)]
    public void Words_are_found_at_any_pace(double pace)
    {
        (short[] pcm, double[] truth) = Speak(Text, pace, pause: 0.15);
        Assert.All(Errors(Align(pcm, isComplete: true), truth), error => Assert.InRange(error, -0.1 * pace, 0.1 * pace));
    }

    [Fact]
    public void A_pause_at_a_comma_holds_the_words_in_place()
    {
        // The first half is spoken more slowly than the second.
        (short[] slow, double[] first) = Speak("Both of them are quiet at night,", 1.25, pause: 0);
        (short[] fast, double[] second) = Speak("because the street behind the house is closed for cars after ten.", 0.85, pause: 0);
        double gap = (slow.Length / (double)Rate) + 0.2;
        short[] pcm = [.. slow, .. new short[Rate / 5], .. fast];
        double[] errors = Errors(Align(pcm, isComplete: true), [.. first, .. second.Select(end => end + gap)]);
        Assert.InRange(errors[6], -0.03, 0.03);
        Assert.InRange(errors[18], -0.03, 0.03);
    }

    [Fact]
    public void Only_words_within_the_audio_so_far_are_told()
    {
        (short[] pcm, double[] truth) = Speak(Text, 1, pause: 0.15);
        int known = pcm.Length / 2;
        WordEnd[] found = Align(pcm[..known], isComplete: false);
        int spoken = truth.Count(end => end <= known / (double)Rate);
        Assert.InRange(found.Length, spoken - 1, spoken + 1);
        Assert.All(Errors(found, truth), error => Assert.InRange(error, -0.2, 0.2));
    }

    [Fact]
    public void Looking_again_leaves_nothing_but_what_is_told()
    {
        WordAligner aligner = Aligner(Speak(Text, 1, pause: 0.15).Pcm);
        aligner.Align(isComplete: false);
        int words = aligner.Align(isComplete: true).Length;
        Assert.Equal(19, words);

        // The words' ends and bands, 16 and 8 bytes a word, and a few small objects; the frames of six seconds alone would be 17 KB.
        Assert.InRange(Allocations.Least(() => aligner.Align(isComplete: true)), 0, (24 * words) + 400);
    }

    [Fact]
    public void Words_follow_each_other_whatever_the_audio_is()
    {
        for (ulong seed = 1; seed <= 50; seed++)
        {
            var random = new SeededRandom(seed);
            short[] pcm = new short[random.Next(Rate * 6)];
            int loud = 0;
            for (int i = 0; i < pcm.Length; i++)
            {
                loud = i % 800 == 0 ? random.Next(8000) * random.Next(2) : loud;
                pcm[i] = (short)(random.Next((2 * loud) + 1) - loud);
            }

            bool complete = seed % 2 == 0;
            WordEnd[] ends = Align(pcm, complete);
            TimeSpan length = TimeSpan.FromSeconds(pcm.Length / (double)Rate);
            Assert.All(ends.Zip(ends.Skip(1)), pair => Assert.True(pair.First.Time <= pair.Second.Time && pair.First.TextEnd < pair.Second.TextEnd, $"{random}"));
            Assert.All(ends, end => Assert.InRange(end.Time, TimeSpan.Zero, length));
            Assert.Equal(ends, Align(pcm, complete));
            if (complete && ends.Length > 0)
                Assert.Equal(Text.Length, ends[^1].TextEnd);
        }
    }

    [Fact]
    public void Silence_and_nothing_have_no_words()
    {
        Assert.Empty(Align([], isComplete: true));
        Assert.Empty(Align(new short[Rate], isComplete: true));
        Assert.Empty(Align(new short[Rate], isComplete: false));
    }

    [Fact]
    public void The_pieces_in_which_audio_comes_do_not_matter()
    {
        (short[] pcm, _) = Speak(Text, 1, pause: 0.15);
        var whole = new SpeechEnvelope();
        whole.Add(pcm, Rate);
        var pieces = new SpeechEnvelope();
        List<SpeechFrame> frames = [];
        for (int at = 0, size = 1; at < pcm.Length; at += size, size = (size * 3 % 997) + 1)
        {
            pieces.Add(pcm.AsSpan(at, Math.Min(size, pcm.Length - at)), Rate);
            if (size % 2 == 0)
                frames.AddRange(pieces.Take());
        }

        frames.AddRange(pieces.Take());
        Assert.Equal(whole.Take(), frames);
    }

    [Fact]
    public void The_pace_of_a_voice_is_learned()
    {
        var pace = new VoicePace();
        (short[] pcm, _) = Speak(Text, 1.4, pause: 0.15);
        WordAligner aligner = Aligner(pcm);
        aligner.Align(isComplete: true);
        Assert.InRange(aligner.Pace, 1.3, 1.5);
        for (int i = 0; i < 8; i++)
            pace.Learn(aligner.Pace);
        Assert.InRange(pace.Value, 1.3, 1.5);
    }

    private static WordEnd[] Align(short[] pcm, bool isComplete) => Aligner(pcm).Align(isComplete);

    private static WordAligner Aligner(short[] pcm)
    {
        var envelope = new SpeechEnvelope();
        envelope.Add(pcm, Rate);
        var aligner = new WordAligner(Text, "en");
        aligner.Add(envelope.Take());
        return aligner;
    }

    private static double[] Errors(WordEnd[] found, double[] truth) => [.. found.Zip(truth, (end, expected) => end.Time.TotalSeconds - expected)];

    // Each word is as long as its letters, which is not what the aligner expects; syllables are heard.
    private static (short[] Pcm, double[] Ends) Speak(string text, double pace, double pause)
    {
        List<short> pcm = [];
        List<double> ends = [];
        foreach (string word in text.Split(' '))
        {
            ExpectedWord expected = Assert.Single(WordLengths.Of(word, "en"));
            double length = 0.5 * pace * (expected.Length + (0.06 * word.Length) + 0.05);
            int samples = (int)(length * Rate);
            for (int i = 0; i < samples; i++)
            {
                double syllable = (double)i / samples * expected.Syllables % 1;
                pcm.Add((short)(5000 * (0.1 + Math.Sin(Math.PI * syllable)) * Math.Sin(2 * Math.PI * 200 * i / Rate)));
            }

            ends.Add(pcm.Count / (double)Rate);
            if (char.IsPunctuation(word[^1]) && ends.Count < text.Split(' ').Length)
                pcm.AddRange(new short[(int)(pause * Rate)]);
        }

        return ([.. pcm], [.. ends]);
    }
}
