using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Espeak;
using AgentGateway.Providers.Tests.Engines;

namespace AgentGateway.Providers.Tests.Espeak;

public sealed class EspeakSynthesizerTests(ITestOutputHelper output)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData("de", "Guten Tag, wir haben bis zehn Uhr ge\u00f6ffnet.")]
    [InlineData("de-AT", "Gr\u00fc\u00df Gott, Ihr Tisch ist reserviert.")]
    [InlineData("fr-FR", "Bonjour, votre table est r\u00e9serv\u00e9e.")]
    [InlineData("en", "Hello there \ud83d\ude00 my friend.")]
    public async Task Languages_are_spoken_with_word_times(string language, string text)
    {
        await using EspeakSynthesizer espeak = EspeakSynthesizer.Load();
        var (pcm, rate, words, pieces) = await SpeechTestFiles.SpeakAsync(espeak, new SpeechRequest(text, language), Token);
        Assert.Equal(22050, rate);
        double length = pcm.Length / (double)rate;
        Assert.InRange(length, 0.8, 6);
        Assert.True(pieces > 4, $"{pieces} pieces");
        Assert.Contains(pcm, s => Math.Abs((int)s) > 3000);
        output.WriteLine($"length {length:F2}, first loud sample at {Array.FindIndex(pcm, s => Math.Abs((int)s) > 1000) / (double)rate:F3}");
        foreach (WordTiming word in words)
            output.WriteLine($"{word.Start.TotalSeconds:F2}-{word.End.TotalSeconds:F2} '{text.Substring(word.TextOffset, word.TextLength)}'");
        string[] spoken = words.Select(w => text.Substring(w.TextOffset, w.TextLength)).ToArray();
        string[] written = text.Split(' ').Select(w => w.Trim(',', '.')).Where(w => w.Any(char.IsLetter)).ToArray();
        Assert.Equal(written, spoken.Where(w => w.Any(char.IsLetter)));
        for (int i = 1; i < words.Count; i++)
            Assert.True(words[i].Start >= words[i - 1].End);
        Assert.InRange(words[^1].End.TotalSeconds, length - 0.1, length + 0.05);
    }

    [Fact(Timeout = 60_000)]
    public async Task Concurrent_requests_keep_their_voice_and_audio_apart()
    {
        await using EspeakSynthesizer espeak = EspeakSynthesizer.Load();
        SpeechRequest german = new("Eins zwei drei vier.", "de");
        SpeechRequest fast = new("One two three four five six seven eight nine ten eleven twelve.", "en", Rate: 1.8);
        int expectedGerman = (await SpeechTestFiles.SpeakAsync(espeak, german, Token)).Pcm.Length;
        int expectedFast = (await SpeechTestFiles.SpeakAsync(espeak, fast, Token)).Pcm.Length;
        Assert.True(Math.Abs(expectedGerman - expectedFast) > expectedGerman / 5);
        await Parallel.ForEachAsync(Enumerable.Range(0, 20), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token }, async (i, token) =>
        {
            int length = (await SpeechTestFiles.SpeakAsync(espeak, i % 2 == 0 ? german : fast, token)).Pcm.Length;
            int expected = i % 2 == 0 ? expectedGerman : expectedFast;
            Assert.InRange(length, expected * 0.95, expected * 1.05); // The voice jitters a little.
        });
    }

    [Fact(Timeout = 60_000)]
    public async Task Rate_and_cancellation_work()
    {
        await using EspeakSynthesizer espeak = EspeakSynthesizer.Load();
        string text = string.Join(", ", Enumerable.Repeat("und dann gingen wir weiter", 60));
        int normal = (await SpeechTestFiles.SpeakAsync(espeak, new SpeechRequest("und dann gingen wir weiter", "de"), Token)).Pcm.Length;
        int slow = (await SpeechTestFiles.SpeakAsync(espeak, new SpeechRequest("und dann gingen wir weiter", "de", Rate: 0.6), Token)).Pcm.Length;
        Assert.True(slow > normal * 1.3, $"{slow} {normal}");
        using CancellationTokenSource stop = new();
        int pieces = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (SpeechAudio _ in espeak.SynthesizeAsync(new SpeechRequest(text, "de"), stop.Token))
            {
                pieces++;
                await stop.CancelAsync();
            }
        });
        Assert.Equal(1, pieces);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_unknown_voice_is_refused()
    {
        await using EspeakSynthesizer espeak = EspeakSynthesizer.Load();
        SpeechProviderException e = await Assert.ThrowsAsync<SpeechProviderException>(
            () => SpeechTestFiles.SpeakAsync(espeak, new SpeechRequest("hi", Voice: "nobody-at-all"), Token));
        Assert.Contains("nobody-at-all", e.Message, StringComparison.Ordinal);
    }
}
