using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Flite;
using AgentGateway.Providers.OnnxRuntime;
using AgentGateway.Providers.Sherpa;

namespace AgentGateway.Host.Composition;

/// <summary>The engines of this process: loaded once, shared by all calls.</summary>
internal sealed class Engines : IAsyncDisposable
{
    private readonly string _models = Environment.GetEnvironmentVariable("AGENTGATEWAY_MODEL_MIRROR")!;
    private SileroVoiceActivityModel? _vad;
    private SherpaRecognizer? _stt;
    private FliteSynthesizer? _tts;

    internal bool IsReady => _tts is not null;

    internal void Load()
    {
        _vad = SileroVoiceActivityModel.Load(Path.Combine(_models, "silero-vad-v5/silero_vad_v5.onnx"), "silero-v5");
        _stt = SherpaRecognizer.Load(SherpaModelFiles.Find(Path.Combine(_models, "sherpa-zipformer-en-3.3M-gigaspeech-streaming")));
        _tts = FliteSynthesizer.Load();
    }

    internal IVoiceActivityModel Vad => _vad!;

    internal ISpeechRecognizer Stt => _stt!;

    internal ISpeechSynthesizer Tts => _tts!;

    internal IReadOnlyDictionary<string, string> Describe() => new Dictionary<string, string>
    {
        ["vad"] = _vad?.Name ?? "loading",
        ["stt"] = _stt?.Name ?? "loading",
        ["tts"] = _tts?.Name ?? "loading",
    };

    public async ValueTask DisposeAsync()
    {
        _vad?.Dispose();
        if (_stt is not null)
            await _stt.DisposeAsync();
        if (_tts is not null)
            await _tts.DisposeAsync();
    }
}
