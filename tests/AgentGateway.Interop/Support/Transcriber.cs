using AgentGateway.Audio;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Sherpa;
using AgentGateway.Testing;

namespace AgentGateway.Interop.Support;

/// <summary>Our own recogniser, used to hear what a peer received.</summary>
internal static class Transcriber
{
    private const int Rate = 16000;

    internal static async Task<string> TranscribeAsync(string wavFile)
    {
        short[] source = WavReader.ReadAllMono(wavFile, out int rate);
        using var resampler = new Resampler(rate, Rate);
        short[] pcm = new short[resampler.MaxOutputLength(source.Length)];
        int length = resampler.Process(source, pcm);

        string folder = Environment.GetEnvironmentVariable("AGENTGATEWAY_MODEL_MIRROR") ?? Path.Combine(TestPaths.Shared, "models");
        await using SherpaRecognizer recognizer = SherpaRecognizer.Load(
            SherpaModelFiles.Find(Path.Combine(folder, "sherpa-zipformer-en-3.3M-gigaspeech-streaming")));
        await using IRecognitionSession session = await recognizer.OpenAsync(new RecognitionOptions(), CancellationToken.None);
        for (int at = 0; at < length; at += Rate)
            await session.WriteAsync(pcm.AsMemory(at, Math.Min(Rate, length - at)), CancellationToken.None);
        int utterance = await session.EndUtteranceAsync(CancellationToken.None);
        await foreach (RecognitionResult result in session.Results.ReadAllAsync())
        {
            if (result.IsFinal && result.Utterance == utterance)
                return result.Text.ToLowerInvariant();
        }

        return "";
    }
}
