using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Espeak;
using AgentGateway.Providers.Flite;
using AgentGateway.Providers.Intonation;
using AgentGateway.Providers.OnnxRuntime;
using AgentGateway.Providers.Sherpa;
using AgentGateway.Testing;

namespace AgentGateway.TurnBench.Engines;

/// <summary>The embedded engines, loaded once.</summary>
internal sealed class BenchEngines : IAsyncDisposable
{
    // espeak-ng goes on with the tremor of the text before and has no way to begin anew: each text is said once in a process and kept.
    private static readonly Lazy<SpokenTexts> EspeakTexts = new(() => new SpokenTexts(EspeakSynthesizer.Load()));

    private readonly FliteSynthesizer _flite = FliteSynthesizer.Load();

    internal BenchEngines()
    {
        string models = Environment.GetEnvironmentVariable("AGENTGATEWAY_MODEL_MIRROR") ?? Path.Combine(TestPaths.Shared, "models");
        VoiceActivity = SileroVoiceActivityModel.Load(Path.Combine(models, "silero-vad-v5", "silero_vad_v5.onnx"), "silero-v5");
        Recognizer = SherpaRecognizer.Load(SherpaModelFiles.Find(Path.Combine(models, "sherpa-zipformer-en-3.3M-gigaspeech-streaming")));
        Flite = new SpokenTexts(_flite);
    }

    /// <summary>What their computations cost.</summary>
    internal EngineCosts Costs { get; private set; } = EngineCosts.Reference;

    internal IVoiceActivityModel VoiceActivity { get; }

    internal SherpaRecognizer Recognizer { get; }

    internal IEndOfTurnModel EndOfTurn { get; } = new IntonationModel();

    internal SpokenTexts Flite { get; }

    internal SpokenTexts Espeak { get; } = EspeakTexts.Value;

    internal SpokenTexts Festival { get; } = new(new FestivalSynthesizer());

    /// <summary>From now on they cost what they cost on this machine.</summary>
    internal async Task MeasureAsync() => Costs = await EngineCosts.MeasureAsync(Recognizer, _flite, EndOfTurn);

    public async ValueTask DisposeAsync()
    {
        VoiceActivity.Dispose();
        await Recognizer.DisposeAsync();
        await _flite.DisposeAsync();
    }
}
