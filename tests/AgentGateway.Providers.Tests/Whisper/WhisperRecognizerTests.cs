using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Tests.Engines;
using AgentGateway.Providers.Whisper;

namespace AgentGateway.Providers.Tests.Whisper;

/// <summary>With whisper.cpp's own test models, which have a header and a vocabulary but no weights: they load and hear nothing.</summary>
public sealed class WhisperRecognizerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("for-tests-ggml-tiny.en.bin", false)]
    [InlineData("for-tests-ggml-tiny.bin", true)]
    [InlineData("for-tests-ggml-base.en.bin", false)]
    public async Task Any_ggml_file_loads(string file, bool multilingual)
    {
        await using WhisperRecognizer recognizer = WhisperRecognizer.Load(SpeechTestFiles.ModelPath("whisper-ggml-for-tests/" + file));
        Assert.Equal(multilingual, recognizer.IsMultilingual);
        Assert.Equal("whisper:" + Path.GetFileNameWithoutExtension(file), recognizer.Name);
    }

    [Fact(Timeout = 300_000)]
    public async Task Each_utterance_ends_with_one_final()
    {
        await using WhisperRecognizer recognizer = WhisperRecognizer.Load(
            SpeechTestFiles.ModelPath("whisper-ggml-for-tests/for-tests-ggml-tiny.en.bin"), new WhisperOptions { PartialInterval = TimeSpan.FromSeconds(2) });
        short[] pcm = SpeechTestFiles.Load(SpeechTestFiles.Recording("read/sb-spk1_snt1.wav"));
        await using IRecognitionSession session = await recognizer.OpenAsync(new RecognitionOptions { Hints = ["dog", "child"] }, Token);
        Assert.True((await SpeechTestFiles.RecognizeAsync(session, pcm, Token))[^1].IsFinal);
        Assert.Equal(1, await session.EndUtteranceAsync(Token));
        Assert.Equal(new RecognitionResult(1, "", true), await session.Results.ReadAsync(Token));
    }

    [Fact(Timeout = 300_000)]
    public async Task Hanging_up_stops_a_transcription()
    {
        await using WhisperRecognizer recognizer = WhisperRecognizer.Load(SpeechTestFiles.ModelPath("whisper-ggml-for-tests/for-tests-ggml-base.en.bin"));
        IRecognitionSession session = await recognizer.OpenAsync(new RecognitionOptions(), Token);
        await session.WriteAsync(new short[8000], Token);
        await session.EndUtteranceAsync(Token);
        await session.DisposeAsync();
        while (session.Results.TryRead(out _))
        {
        }

        await session.Results.Completion;
    }

    [Fact(Timeout = 300_000)]
    public async Task More_than_thirty_seconds_are_bounded()
    {
        await using WhisperRecognizer recognizer = WhisperRecognizer.Load(SpeechTestFiles.ModelPath("whisper-ggml-for-tests/for-tests-ggml-tiny.en.bin"));
        await using IRecognitionSession session = await recognizer.OpenAsync(new RecognitionOptions(), Token);
        for (int second = 0; second < 40; second++)
            await session.WriteAsync(new short[16000], Token);
        await session.EndUtteranceAsync(Token);
        Assert.True((await session.Results.ReadAsync(Token)).IsFinal);
    }

    [Fact]
    public async Task Languages_are_checked_when_a_session_opens()
    {
        await using WhisperRecognizer english = WhisperRecognizer.Load(SpeechTestFiles.ModelPath("whisper-ggml-for-tests/for-tests-ggml-tiny.en.bin"));
        SpeechProviderException e = await Assert.ThrowsAsync<SpeechProviderException>(
            async () => await english.OpenAsync(new RecognitionOptions { Language = "de" }, Token));
        Assert.Contains("multilingual", e.Message, StringComparison.Ordinal);
        await using WhisperRecognizer all = WhisperRecognizer.Load(SpeechTestFiles.ModelPath("whisper-ggml-for-tests/for-tests-ggml-tiny.bin"));
        await using IRecognitionSession german = await all.OpenAsync(new RecognitionOptions { Language = "de-AT" }, Token);
        await Assert.ThrowsAsync<SpeechProviderException>(async () => await all.OpenAsync(new RecognitionOptions { Language = "tlh" }, Token));
    }

    [Fact]
    public void A_missing_or_foreign_file_is_refused_before_the_library_sees_it()
    {
        Assert.Contains("does not exist", Assert.Throws<SpeechProviderException>(() => WhisperRecognizer.Load("/nowhere/ggml.bin")).Message, StringComparison.Ordinal);
        string foreign = SpeechTestFiles.ModelPath("silero-vad-v5/silero_vad_v5.onnx");
        Assert.Contains("no ggml model", Assert.Throws<SpeechProviderException>(() => WhisperRecognizer.Load(foreign)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_truncated_model_does_not_take_the_process_down()
    {
        byte[] whole = File.ReadAllBytes(SpeechTestFiles.ModelPath("whisper-ggml-for-tests/for-tests-ggml-tiny.en.bin"));
        string cut = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllBytes(cut, whole[..(64 * 1024)]);
        try
        {
            // It may load as an empty model or be refused; the process lives and the message names the file.
            try
            {
                await WhisperRecognizer.Load(cut).DisposeAsync();
            }
            catch (SpeechProviderException e)
            {
                Assert.Contains(cut, e.Message, StringComparison.Ordinal);
            }
        }
        finally
        {
            File.Delete(cut);
        }
    }

    [Theory]
    [InlineData(" [BLANK_AUDIO]", "")]
    [InlineData(" (music) Hello there. *coughs* Yes.", "Hello there. Yes.")]
    [InlineData("  Two   words ", "Two words")]
    public void Sounds_are_not_words(string text, string expected) => Assert.Equal(expected, WhisperText.Clean(text));
}
