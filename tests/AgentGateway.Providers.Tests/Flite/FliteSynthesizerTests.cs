using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Flite;
using AgentGateway.Providers.Tests.Engines;
using AgentGateway.Testing;

namespace AgentGateway.Providers.Tests.Flite;

public sealed class FliteSynthesizerTests(ITestOutputHelper output)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Speech_is_understood_by_the_recogniser()
    {
        const string text = "Good morning, this is the restaurant. We are open from nine in the morning until ten in the evening.";
        var (pcm, rate, _, pieces) = await SpeechTestFiles.SpeakAsync(SpeechTestFiles.Flite, new SpeechRequest(text), Token);
        Assert.Equal(16000, rate);
        Assert.True(pieces > 5, $"{pieces} pieces");
        string heard = await SpeechTestFiles.TranscribeAsync(SpeechTestFiles.Sherpa, pcm, Token);
        WordErrorRate wer = WordErrorRate.Between(text, heard);
        output.WriteLine($"{wer.Rate:P0} {heard}");
        Assert.True(wer.Rate <= 0.3, heard);
        Assert.Contains("good morning", heard, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Every_word_has_its_place_in_text_and_audio()
    {
        const string text = "Hello there, \u201cMr. Brown\u201d \u2014 caf\u00e9 no. 5 opens at 9:30. That\u2019s it, isn\u2019t it?";
        var (pcm, rate, words, _) = await SpeechTestFiles.SpeakAsync(SpeechTestFiles.Flite, new SpeechRequest(text), Token);
        double length = pcm.Length / (double)rate;
        foreach (WordTiming word in words)
            output.WriteLine($"{word.Start.TotalSeconds:F2}-{word.End.TotalSeconds:F2} {text.Substring(word.TextOffset, word.TextLength)}");
        output.WriteLine($"length {length:F2}");
        string[] spoken = words.Select(w => text.Substring(w.TextOffset, w.TextLength)).ToArray();
        Assert.Contains("Hello", spoken);
        Assert.Contains("caf\u00e9", spoken);
        Assert.Contains("9:30", spoken);
        Assert.Contains("isn\u2019t", spoken);
        Assert.Contains("it", spoken);
        Assert.All(words, w => Assert.True(w.End > w.Start));
        for (int i = 1; i < words.Count; i++)
        {
            Assert.True(words[i].TextOffset > words[i - 1].TextOffset);
            Assert.True(words[i].Start >= words[i - 1].Start);
        }

        Assert.InRange(words[^1].End.TotalSeconds, length * 0.7, length + 0.05);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_word_sounds_where_its_time_says()
    {
        // Cut at the times of two words, the recogniser finds them and no neighbour.
        const string text = "The table is reserved for Saturday evening at seven";
        var (pcm, rate, words, _) = await SpeechTestFiles.SpeakAsync(SpeechTestFiles.Flite, new SpeechRequest(text), Token);
        WordTiming from = words.Single(w => text.Substring(w.TextOffset, w.TextLength) == "Saturday");
        WordTiming to = words.Single(w => text.Substring(w.TextOffset, w.TextLength) == "evening");
        short[] cut = pcm[(int)(from.Start.TotalSeconds * rate)..(int)(to.End.TotalSeconds * rate)];
        string heard = await SpeechTestFiles.TranscribeAsync(SpeechTestFiles.Sherpa, cut, Token);
        Assert.True(WordErrorRate.Between("saturday evening", heard).Errors <= 1, heard);
        Assert.True(WordErrorRate.Normalize(heard).Length <= 3, heard);
    }

    [Fact(Timeout = 60_000)]
    public async Task Speech_begins_without_a_pause_and_sentences_follow_each_other()
    {
        const string text = "We are open from nine to five today. You can come by at any time.";
        var (pcm, rate, words, _) = await SpeechTestFiles.SpeakAsync(SpeechTestFiles.Flite, new SpeechRequest(text), Token);
        Assert.InRange(words[0].Start.TotalSeconds, 0, 0.031);
        int loud = Array.FindIndex(pcm, s => Math.Abs((int)s) > 1000);
        Assert.InRange(loud / (double)rate, 0, 0.12);
        WordTiming next = words.Single(w => text.Substring(w.TextOffset, w.TextLength) == "You");
        short[] second = pcm[(int)((next.Start.TotalSeconds - 0.02) * rate)..];
        string tail = await SpeechTestFiles.TranscribeAsync(SpeechTestFiles.Sherpa, second, Token);
        Assert.True(WordErrorRate.Between("you can come by at any time", tail).Errors <= 2, tail);
    }

    [Fact(Timeout = 60_000)]
    public async Task Rate_changes_the_length_and_the_word_times()
    {
        const string text = "One two three four five six seven eight nine ten.";
        var normal = await SpeechTestFiles.SpeakAsync(SpeechTestFiles.Flite, new SpeechRequest(text), Token);
        var fast = await SpeechTestFiles.SpeakAsync(SpeechTestFiles.Flite, new SpeechRequest(text, Rate: 1.5), Token);
        var slow = await SpeechTestFiles.SpeakAsync(SpeechTestFiles.Flite, new SpeechRequest(text, Rate: 0.75), Token);
        Assert.InRange(normal.Pcm.Length / (double)fast.Pcm.Length, 1.3, 1.7);
        Assert.InRange(slow.Pcm.Length / (double)normal.Pcm.Length, 1.2, 1.5);
        Assert.True(fast.Words[^1].End < normal.Words[^1].End);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("slt")]
    [InlineData("awb")]
    [InlineData("kal")]
    public async Task Other_voices_speak(string voice)
    {
        var (pcm, rate, words, _) = await SpeechTestFiles.SpeakAsync(SpeechTestFiles.Flite, new SpeechRequest("Hello, how are you?", Voice: voice), Token);
        Assert.True(pcm.Length > rate / 2);
        Assert.Equal(4, words.Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task Concurrent_requests_do_not_disturb_each_other()
    {
        string[] texts =
        [
            "Your table for four people is booked on Friday.", "Our address is twelve Main Street.", "We close at 10 pm on Mondays, I am afraid.", "Thank you for calling; goodbye!",
        ];
        List<(short[] Pcm, List<WordTiming> Words)> expected = [];
        foreach (string text in texts)
        {
            var (pcm, _, words, _) = await SpeechTestFiles.SpeakAsync(SpeechTestFiles.Flite, new SpeechRequest(text), Token);
            expected.Add((pcm, words));
        }

        await Parallel.ForEachAsync(Enumerable.Range(0, 24), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token }, async (i, token) =>
        {
            int n = i % texts.Length;
            var (pcm, _, words, _) = await SpeechTestFiles.SpeakAsync(SpeechTestFiles.Flite, new SpeechRequest(texts[n]), token);
            Assert.Equal(expected[n].Words, words);
            Assert.Equal(expected[n].Pcm.Length, pcm.Length);

            // The voice mixes in random noise, so samples differ a little; another request's audio would differ wholly.
            double difference = 0, energy = 0;
            for (int at = 0; at < pcm.Length; at++)
            {
                difference += Math.Pow(pcm[at] - expected[n].Pcm[at], 2);
                energy += Math.Pow(expected[n].Pcm[at], 2);
            }

            Assert.True(difference < energy * 0.5, $"{difference / energy:F2}");
        });
    }

    [Fact(Timeout = 60_000)]
    public async Task Cancelling_stops_after_the_piece_at_hand()
    {
        using CancellationTokenSource stop = new();
        string text = string.Join(", ", Enumerable.Repeat("and then we walked on", 60));
        int pieces = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (SpeechAudio _ in SpeechTestFiles.Flite.SynthesizeAsync(new SpeechRequest(text), stop.Token))
            {
                pieces++;
                await stop.CancelAsync();
            }
        });
        Assert.Equal(1, pieces);
    }

    [Fact(Timeout = 60_000)]
    public async Task Text_without_anything_to_say_gives_one_empty_piece()
    {
        var (pcm, _, _, pieces) = await SpeechTestFiles.SpeakAsync(SpeechTestFiles.Flite, new SpeechRequest("... \u2014 \u4f60\u597d !"), Token);
        Assert.Empty(pcm);
        Assert.Equal(1, pieces);
    }

    [Fact]
    public void Unknown_voice_and_language_are_refused_with_what_exists()
    {
        SpeechProviderException voice = Assert.Throws<SpeechProviderException>(
            () => SpeechTestFiles.Flite.SynthesizeAsync(new SpeechRequest("hi", Voice: "alice"), Token));
        Assert.Contains("slt", voice.Message, StringComparison.Ordinal);
        SpeechProviderException language = Assert.Throws<SpeechProviderException>(
            () => SpeechTestFiles.Flite.SynthesizeAsync(new SpeechRequest("hallo", "de"), Token));
        Assert.Contains("espeak", language.Message, StringComparison.Ordinal);
        Assert.Throws<SpeechProviderException>(() => FliteSynthesizer.Load(new FliteOptions { DefaultVoice = "nobody" }));
    }
}
