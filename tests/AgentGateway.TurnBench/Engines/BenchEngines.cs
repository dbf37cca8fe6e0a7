using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Espeak;
using AgentGateway.Providers.Flite;
using AgentGateway.Providers.OnnxRuntime;
using AgentGateway.Providers.Sherpa;
using AgentGateway.Testing;

namespace AgentGateway.TurnBench.Engines;

/// <summary>The embedded engines, loaded once.</summary>
internal sealed class BenchEngines : IAsyncDisposable
{
    private readonly FliteSynthesizer _flite = FliteSynthesizer.Load();
    private readonly EspeakSynthesizer _espeak = EspeakSynthesizer.Load();

    /// <param name="charge">What each computation of an engine costs, so that a run gives the same to the last digit; null for what it did cost.</param>
    internal BenchEngines(TimeSpan? charge = null)
    {
        string models = Environment.GetEnvironmentVariable("AGENTGATEWAY_MODEL_MIRROR") ?? Path.Combine(TestPaths.Shared, "models");
        VoiceActivity = SileroVoiceActivityModel.Load(Path.Combine(models, "silero-vad-v5", "silero_vad_v5.onnx"), "silero-v5");
        Recognizer = SherpaRecognizer.Load(SherpaModelFiles.Find(Path.Combine(models, "sherpa-zipformer-en-3.3M-gigaspeech-streaming")));
        Charge = charge;
        Flite = new SpokenTexts(_flite, charge);
        Espeak = new SpokenTexts(_espeak, charge);
    }

    internal TimeSpan? Charge { get; }

    internal IVoiceActivityModel VoiceActivity { get; }

    internal SherpaRecognizer Recognizer { get; }

    internal SpokenTexts Flite { get; }

    internal SpokenTexts Espeak { get; }

    public async ValueTask DisposeAsync()
    {
        VoiceActivity.Dispose();
        await Recognizer.DisposeAsync();
        await _flite.DisposeAsync();
        await _espeak.DisposeAsync();
    }
}
