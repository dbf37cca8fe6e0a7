using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Engines;
using AgentGateway.Providers.Models;
using AgentGateway.Providers.PocketSphinx;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Providers.Tests.Engines;

public sealed class SpeechEnginesTests : IDisposable
{
    private readonly string _empty = Directory.CreateTempSubdirectory("agentgateway-engines-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_empty, recursive: true);

    [Fact(Timeout = 60_000)]
    public async Task Auto_is_sherpa_and_flite_and_espeak_and_each_is_loaded_once()
    {
        using ModelStore store = Store(SpeechTestFiles.Models);
        await using SpeechEngines engines = await CreateAsync(new SpeechEngineOptions(), store);
        Assert.Equal("silero-vad-v5", engines.VoiceActivity.Name);
        ISpeechRecognizer auto = await engines.GetRecognizerAsync("auto", Token);
        ISpeechRecognizer sherpa = await engines.GetRecognizerAsync("sherpa", Token);
        Assert.Equal("sherpa:zipformer-en-3.3M-gigaspeech-streaming", auto.Name);
        Assert.Equal(auto.Name, sherpa.Name);
        Assert.Same(sherpa, await engines.GetRecognizerAsync("Sherpa", Token));
        Assert.Null(engines.RecognizerWarning);

        ISpeechSynthesizer voice = await engines.GetSynthesizerAsync("auto", Token);
        Assert.Equal(16000, (await SpeechTestFiles.SpeakAsync(voice, new SpeechRequest("Hello there."), Token)).Rate);
        Assert.Equal(22050, (await SpeechTestFiles.SpeakAsync(voice, new SpeechRequest("Guten Tag.", "de"), Token)).Rate);
        Assert.Equal(22050, (await SpeechTestFiles.SpeakAsync(voice, new SpeechRequest("Hello there.", "en-gb", "en-gb"), Token)).Rate);
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_the_model_auto_is_the_floor_and_says_so()
    {
        using ModelStore store = Store(null);
        await using SpeechEngines engines = await CreateAsync(
            new SpeechEngineOptions { VoiceActivityModel = SpeechTestFiles.ModelPath("silero-vad-v6/silero_vad_v6.onnx") }, store);
        Assert.Equal("silero_vad_v6", engines.VoiceActivity.Name);
        ISpeechRecognizer auto = await engines.GetRecognizerAsync("auto", Token);
        Assert.Equal("pocketsphinx:en-us", auto.Name);
        Assert.Contains(ModelStoreOptions.MirrorVariable, engines.RecognizerWarning, StringComparison.Ordinal);
        SpeechProviderException e = await Assert.ThrowsAsync<SpeechProviderException>(() => engines.GetRecognizerAsync("sherpa", Token));
        Assert.Contains("github.com/k2-fsa", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_any_recogniser_both_reasons_are_told()
    {
        using ModelStore store = Store(null);
        await using SpeechEngines engines = await CreateAsync(
            new SpeechEngineOptions
            {
                VoiceActivityModel = SpeechTestFiles.ModelPath("silero-vad-v5/silero_vad_v5.onnx"),
                PocketSphinx = new PocketSphinxOptions { ModelFolder = "/nowhere" },
            },
            store);
        SpeechProviderException e = await Assert.ThrowsAsync<SpeechProviderException>(() => engines.GetRecognizerAsync("auto", Token));
        Assert.Contains("github.com/k2-fsa", e.Message, StringComparison.Ordinal);
        Assert.Contains("pocketsphinx-en-us", e.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Whisper_serves_the_languages_that_sherpa_does_not()
    {
        using ModelStore store = Store(SpeechTestFiles.Models);
        await using SpeechEngines engines = await CreateAsync(
            new SpeechEngineOptions { WhisperModel = SpeechTestFiles.ModelPath("whisper-ggml-for-tests/for-tests-ggml-tiny.bin") }, store);
        ISpeechRecognizer auto = await engines.GetRecognizerAsync("auto", Token);
        await using IRecognitionSession german = await auto.OpenAsync(new RecognitionOptions { Language = "de" }, Token);
        await using IRecognitionSession english = await auto.OpenAsync(new RecognitionOptions { Language = "en-GB" }, Token);
        Assert.Equal("whisper:for-tests-ggml-tiny", (await engines.GetRecognizerAsync("whisper", Token)).Name);
    }

    [Fact(Timeout = 60_000)]
    public async Task Wrong_names_and_settings_are_told()
    {
        using ModelStore store = Store(SpeechTestFiles.Models);
        await using SpeechEngines engines = await CreateAsync(new SpeechEngineOptions(), store);
        Assert.Contains("pocketsphinx", (await Assert.ThrowsAsync<SpeechProviderException>(() => engines.GetRecognizerAsync("siri", Token))).Message, StringComparison.Ordinal);
        Assert.Contains("espeak", (await Assert.ThrowsAsync<SpeechProviderException>(() => engines.GetSynthesizerAsync("hal", Token))).Message, StringComparison.Ordinal);
        Assert.Contains("ggml", (await Assert.ThrowsAsync<SpeechProviderException>(() => engines.GetRecognizerAsync("whisper", Token))).Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere/vad.onnx", (await Assert.ThrowsAsync<SpeechProviderException>(
            () => CreateAsync(new SpeechEngineOptions { VoiceActivityModel = "/nowhere/vad.onnx" }, store))).Message, StringComparison.Ordinal);
    }

    private static Task<SpeechEngines> CreateAsync(SpeechEngineOptions options, ModelStore store) =>
        SpeechEngines.CreateAsync(options, store, NullLogger<SpeechEngines>.Instance, cancellationToken: Token);

    private ModelStore Store(string? mirror) => new(
        new ModelStoreOptions { Folder = _empty, MirrorFolder = mirror, AllowDownload = false }, NullLogger<ModelStore>.Instance);
}
