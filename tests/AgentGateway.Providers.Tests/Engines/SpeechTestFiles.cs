using AgentGateway.Audio;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Flite;
using AgentGateway.Providers.OnnxRuntime;
using AgentGateway.Providers.Sherpa;
using AgentGateway.Testing;

namespace AgentGateway.Providers.Tests.Engines;

/// <summary>Recordings, models and engines that several tests share; each is loaded once.</summary>
internal static class SpeechTestFiles
{
    public const string ZipformerFolder = "sherpa-zipformer-en-3.3M-gigaspeech-streaming";

    private static readonly Lazy<SileroVoiceActivityModel> Silero = new(
        () => SileroVoiceActivityModel.Load(ModelPath("silero-vad-v5/silero_vad_v5.onnx"), "silero-v5"));

    private static readonly Lazy<SherpaRecognizer> Recognizer = new(
        () => SherpaRecognizer.Load(SherpaModelFiles.Find(ModelPath(ZipformerFolder))));

    private static readonly Lazy<FliteSynthesizer> Synthesizer = new(() => FliteSynthesizer.Load());

    public static SileroVoiceActivityModel VoiceActivity => Silero.Value;

    public static SherpaRecognizer Sherpa => Recognizer.Value;

    public static FliteSynthesizer Flite => Synthesizer.Value;

    public static string Models =>
        Environment.GetEnvironmentVariable("AGENTGATEWAY_MODEL_MIRROR") is { Length: > 0 } mirror ? mirror : Path.Combine(TestPaths.Shared, "models");

    public static string ModelPath(string relative)
    {
        string path = Path.Combine(Models, relative);
        Assert.SkipUnless(Path.Exists(path), $"{path} is missing: set AGENTGATEWAY_MODEL_MIRROR.");
        return path;
    }

    /// <summary>A recording as 16 kHz mono.</summary>
    public static short[] Load(Recording recording)
    {
        short[] pcm = WavReader.ReadAllMono(recording.Path, out int rate);
        return To16k(pcm, rate);
    }

    public static Recording Recording(string name)
    {
        Assert.SkipUnless(Recordings.All.Count > 0, $"The shared recordings are missing: set {TestPaths.SharedVariable}.");
        return Recordings.Get(name);
    }

    public static short[] To16k(short[] pcm, int rate)
    {
        if (rate == 16000)
            return pcm;
        using Resampler resampler = new(rate, 16000);
        short[] output = new short[resampler.MaxOutputLength(pcm.Length)];
        int written = resampler.Process(pcm, output);
        return output[..written];
    }

    /// <summary>Writes one utterance in 20 ms steps and returns its results, the final last.</summary>
    public static async Task<List<RecognitionResult>> RecognizeAsync(IRecognitionSession session, ReadOnlyMemory<short> pcm, CancellationToken cancellationToken)
    {
        for (int at = 0; at < pcm.Length; at += 320)
            await session.WriteAsync(pcm.Slice(at, Math.Min(320, pcm.Length - at)), cancellationToken);
        int id = await session.EndUtteranceAsync(cancellationToken);
        List<RecognitionResult> results = [];
        while (true)
        {
            RecognitionResult result = await session.Results.ReadAsync(cancellationToken);
            Assert.Equal(id, result.Utterance);
            results.Add(result);
            if (result.IsFinal)
                return results;
        }
    }

    public static async Task<string> TranscribeAsync(ISpeechRecognizer recognizer, ReadOnlyMemory<short> pcm, CancellationToken cancellationToken)
    {
        await using IRecognitionSession session = await recognizer.OpenAsync(new RecognitionOptions(), cancellationToken);
        return (await RecognizeAsync(session, pcm, cancellationToken))[^1].Text;
    }

    public static async Task<(short[] Pcm, int Rate, List<WordTiming> Words, int Pieces)> SpeakAsync(
        ISpeechSynthesizer synthesizer, SpeechRequest request, CancellationToken cancellationToken)
    {
        List<short> pcm = [];
        List<WordTiming> words = [];
        int rate = 0;
        int pieces = 0;
        await foreach (SpeechAudio piece in synthesizer.SynthesizeAsync(request, cancellationToken))
        {
            Assert.True(rate == 0 || rate == piece.SampleRate, "the sample rate changed within a request");
            rate = piece.SampleRate;
            pcm.AddRange(piece.Pcm.Span);
            words.AddRange(piece.Words);
            pieces++;
        }

        return (pcm.ToArray(), rate, words, pieces);
    }
}
