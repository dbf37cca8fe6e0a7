using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.PocketSphinx;
using AgentGateway.Providers.Tests.Engines;
using AgentGateway.Testing;

namespace AgentGateway.Providers.Tests.PocketSphinx;

public sealed class PocketSphinxRecognizerTests(ITestOutputHelper output)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Short_recordings_are_mostly_understood_by_sessions_that_share_one_decoder()
    {
        await using PocketSphinxRecognizer recognizer = PocketSphinxRecognizer.Load(new PocketSphinxOptions { MaxDecoders = 1 });
        Recording[] recordings =
        [
            SpeechTestFiles.Recording("commands/ps-goforward.wav"), SpeechTestFiles.Recording("librispeech/ls-1089-134691-0000.wav"),
        ];
        string[] texts = await Task.WhenAll(recordings.Select(r => SpeechTestFiles.TranscribeAsync(recognizer, SpeechTestFiles.Load(r), Token)));
        WordErrorRate total = default;
        for (int i = 0; i < texts.Length; i++)
        {
            output.WriteLine(texts[i]);
            total += WordErrorRate.Between(recordings[i].Transcript, texts[i]);
        }

        Assert.True(total.Rate <= 0.5, $"{total.Rate:P0}");
    }

    [Fact(Timeout = 120_000)]
    public async Task Partials_come_and_an_abandoned_session_gives_its_decoder_back()
    {
        await using PocketSphinxRecognizer recognizer = PocketSphinxRecognizer.Load(new PocketSphinxOptions { MaxDecoders = 1 });
        short[] pcm = SpeechTestFiles.Load(SpeechTestFiles.Recording("read/jfk.wav"));
        await using (IRecognitionSession abandoned = await recognizer.OpenAsync(new RecognitionOptions(), Token))
        {
            for (int at = 0; at < 64000; at += 16000)
                await abandoned.WriteAsync(pcm.AsMemory(at, 16000), Token);
            RecognitionResult partial = await abandoned.Results.ReadAsync(Token);
            Assert.False(partial.IsFinal);
            Assert.NotEmpty(partial.Text);
        }

        Assert.NotEmpty(await SpeechTestFiles.TranscribeAsync(recognizer, pcm.AsMemory(0, 48000), Token));
    }

    [Fact]
    public async Task A_missing_model_names_the_package_and_other_languages_are_refused()
    {
        SpeechProviderException e = Assert.Throws<SpeechProviderException>(
            () => PocketSphinxRecognizer.Load(new PocketSphinxOptions { ModelFolder = "/nowhere" }));
        Assert.Contains("pocketsphinx-en-us", e.Message, StringComparison.Ordinal);
        await using PocketSphinxRecognizer recognizer = PocketSphinxRecognizer.Load(new PocketSphinxOptions { MaxDecoders = 1 });
        await Assert.ThrowsAsync<SpeechProviderException>(async () => await recognizer.OpenAsync(new RecognitionOptions { Language = "fr" }, Token));
    }
}
