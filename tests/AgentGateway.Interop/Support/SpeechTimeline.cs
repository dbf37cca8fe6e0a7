using AgentGateway.Audio;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Flite;

namespace AgentGateway.Interop.Support;

/// <summary>What a caller's microphone hears: synthesized sentences and silence on one time line, 48 kHz mono.</summary>
internal sealed class SpeechTimeline
{
    private const int Rate = 48000;

    private readonly List<short> _pcm = [];

    internal TimeSpan Length => TimeSpan.FromSeconds((double)_pcm.Count / Rate);

    internal IReadOnlyList<short> Pcm => _pcm;

    internal SpeechTimeline Silence(double seconds)
    {
        _pcm.AddRange(new short[(int)(seconds * Rate)]);
        return this;
    }

    internal async Task<SpeechTimeline> SayAsync(string text, string voice = "slt")
    {
        await using FliteSynthesizer synthesizer = FliteSynthesizer.Load();
        await foreach (SpeechAudio audio in synthesizer.SynthesizeAsync(new SpeechRequest(text, "en", voice), CancellationToken.None))
        {
            using var resampler = new Resampler(audio.SampleRate, Rate);
            short[] pcm = new short[resampler.MaxOutputLength(audio.Pcm.Length)];
            int length = resampler.Process(audio.Pcm.Span, pcm);
            _pcm.AddRange(pcm.AsSpan(0, length));
        }

        return this;
    }

    internal SpeechTimeline Play(string wavFile)
    {
        short[] source = WavReader.ReadAllMono(wavFile, out int rate);
        using var resampler = new Resampler(rate, Rate);
        short[] pcm = new short[resampler.MaxOutputLength(source.Length)];
        int length = resampler.Process(source, pcm);
        _pcm.AddRange(pcm.AsSpan(0, length));
        return this;
    }

    internal string Save(string path)
    {
        using WavWriter writer = WavWriter.CreateFile(path, new WavFormat(Rate, 1));
        writer.Write(_pcm.ToArray());
        return path;
    }
}
