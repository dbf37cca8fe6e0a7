using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Sherpa;
using AgentGateway.Providers.Tests.Engines;
using AgentGateway.Testing;

namespace AgentGateway.Providers.Tests.Sherpa;

public sealed class SherpaRecognizerTests(ITestOutputHelper output)
{
    private static readonly string[] Names =
    [
        "librispeech/ls-1089-134686-0001.wav", "librispeech/ls-1089-134691-0000.wav", "librispeech/ls-1089-134691-0001.wav",
        "librispeech/ls-1089-134686-0002.wav", "librispeech/ls-1272-128104-0000.wav", "librispeech/ls-1272-128104-0001.wav",
        "read/jfk.wav", "read/sb-spk1_snt1.wav", "read/sb-spk1_snt3.wav", "read/lv-austen-0880.wav",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Recordings_are_understood()
    {
        WordErrorRate total = default;
        await using IRecognitionSession session = await SpeechTestFiles.Sherpa.OpenAsync(new RecognitionOptions(), Token);
        foreach (string name in Names)
        {
            Recording recording = SpeechTestFiles.Recording(name);
            List<RecognitionResult> results = await SpeechTestFiles.RecognizeAsync(session, SpeechTestFiles.Load(recording), Token);
            WordErrorRate one = WordErrorRate.Between(recording.Transcript, results[^1].Text);
            output.WriteLine($"{one.Errors}/{one.ReferenceWords} {results[^1].Text}");
            Assert.Equal(results[^1].Text, results[^1].Text.ToLowerInvariant());
            Assert.InRange(results[^1].Confidence ?? -1, 0.5f, 1);
            total += one;
        }

        output.WriteLine($"WER {total.Rate:P1}");
        Assert.True(total.Rate < 0.12, $"WER {total.Rate:P1}");
    }

    [Fact(Timeout = 60_000)]
    public async Task Partials_grow_while_audio_arrives_and_the_final_is_the_only_one_of_its_utterance()
    {
        short[] pcm = SpeechTestFiles.Load(SpeechTestFiles.Recording("read/jfk.wav"));
        await using IRecognitionSession session = await SpeechTestFiles.Sherpa.OpenAsync(new RecognitionOptions(), Token);
        List<RecognitionResult> results = [];
        for (int at = 0; at + 8000 <= pcm.Length; at += 8000)
        {
            await session.WriteAsync(pcm.AsMemory(at, 8000), Token);
            if (at == 24000)
                results.Add(await session.Results.ReadAsync(Token)); // Two seconds of speech bring a text.
        }

        Assert.All(results, r => Assert.False(r.IsFinal));
        Assert.Equal(0, await session.EndUtteranceAsync(Token));
        RecognitionResult last;
        do
        {
            last = await session.Results.ReadAsync(Token);
            results.Add(last);
        }
        while (!last.IsFinal);

        Assert.Single(results, r => r.IsFinal);
        Assert.All(results, r => Assert.Equal(0, r.Utterance));
        Assert.True(results[0].Text.Length < last.Text.Length);
        Assert.Contains("fellow american", last.Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_utterance_without_audio_or_words_ends_with_an_empty_final()
    {
        await using IRecognitionSession session = await SpeechTestFiles.Sherpa.OpenAsync(new RecognitionOptions(), Token);
        Assert.Equal(0, await session.EndUtteranceAsync(Token));
        Assert.Equal(new RecognitionResult(0, "", true), await session.Results.ReadAsync(Token));
        await session.WriteAsync(new short[8000], Token);
        Assert.Equal(1, await session.EndUtteranceAsync(Token));
        Assert.Equal(new RecognitionResult(1, "", true), await session.Results.ReadAsync(Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Utterances_do_not_leak_into_each_other()
    {
        Recording recording = SpeechTestFiles.Recording("read/sb-spk1_snt3.wav");
        short[] pcm = SpeechTestFiles.Load(recording);
        string alone = await SpeechTestFiles.TranscribeAsync(SpeechTestFiles.Sherpa, pcm, Token);
        await using IRecognitionSession session = await SpeechTestFiles.Sherpa.OpenAsync(new RecognitionOptions(), Token);
        await SpeechTestFiles.RecognizeAsync(session, SpeechTestFiles.Load(SpeechTestFiles.Recording("read/sb-spk1_snt1.wav")), Token);
        Assert.Equal(alone, (await SpeechTestFiles.RecognizeAsync(session, pcm, Token))[^1].Text);
    }

    [Fact(Timeout = 60_000)]
    public async Task Sessions_share_the_model_at_the_same_time()
    {
        short[] a = SpeechTestFiles.Load(SpeechTestFiles.Recording("read/sb-spk1_snt1.wav"));
        short[] b = SpeechTestFiles.Load(SpeechTestFiles.Recording("read/sb-spk1_snt3.wav"));
        string expectedA = await SpeechTestFiles.TranscribeAsync(SpeechTestFiles.Sherpa, a, Token);
        string expectedB = await SpeechTestFiles.TranscribeAsync(SpeechTestFiles.Sherpa, b, Token);
        string[] texts = await Task.WhenAll(Enumerable.Range(0, 12)
            .Select(i => Task.Run(() => SpeechTestFiles.TranscribeAsync(SpeechTestFiles.Sherpa, i % 2 == 0 ? a : b, Token), Token)));
        for (int i = 0; i < texts.Length; i++)
            Assert.Equal(i % 2 == 0 ? expectedA : expectedB, texts[i]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Closing_in_the_middle_of_speech_completes_the_results()
    {
        IRecognitionSession session = await SpeechTestFiles.Sherpa.OpenAsync(new RecognitionOptions(), Token);
        short[] pcm = SpeechTestFiles.Load(SpeechTestFiles.Recording("read/jfk.wav"));
        for (int at = 0; at + 16000 <= 96000; at += 16000)
            await session.WriteAsync(pcm.AsMemory(at, 16000), Token);
        await session.DisposeAsync();
        while (session.Results.TryRead(out _))
        {
        }

        await session.Results.Completion;
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await session.WriteAsync(new short[320], Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task Another_language_is_refused_with_advice()
    {
        SpeechProviderException e = await Assert.ThrowsAsync<SpeechProviderException>(
            async () => await SpeechTestFiles.Sherpa.OpenAsync(new RecognitionOptions { Language = "de-DE" }, Token));
        Assert.Contains("whisper", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_and_damaged_models_are_named()
    {
        string folder = Directory.CreateTempSubdirectory("agentgateway-").FullName;
        try
        {
            Assert.Contains("tokens.txt", Assert.Throws<SpeechProviderException>(() => SherpaModelFiles.Find(folder)).Message, StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(folder, "tokens.txt"), "<blk> 0\n");
            Assert.Contains("encoder", Assert.Throws<SpeechProviderException>(() => SherpaModelFiles.Find(folder)).Message, StringComparison.Ordinal);
            Assert.Contains("does not exist", Assert.Throws<SpeechProviderException>(() => SherpaModelFiles.Find(folder + "x")).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }
}
