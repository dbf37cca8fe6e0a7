using AgentGateway.Audio;
using AgentGateway.Testing;

namespace AgentGateway.LoadTest.Wer;

/// <summary>The recordings one after the other with pauses between, at 48 kHz, and where each of them lies.</summary>
internal sealed class WerScript
{
    internal const int FrameSamples = 960;

    // Long enough for the transport to settle and for the first reports of loss.
    private const int LeadFrames = 350;
    private const int PauseFrames = 60;

    private WerScript(short[] pcm, List<(Recording Recording, int First, int Last)> places)
    {
        Pcm = pcm;
        Places = places;
    }

    internal short[] Pcm { get; }

    internal int Frames => Pcm.Length / FrameSamples;

    /// <summary>Frames of each recording, the last one excluded.</summary>
    internal IReadOnlyList<(Recording Recording, int First, int Last)> Places { get; }

    /// <summary>All recordings of one voice whose words are known for certain.</summary>
    internal static WerScript Load()
    {
        var pcm = new List<short>(48000 * 400);
        var places = new List<(Recording, int, int)>();
        pcm.AddRange(new short[LeadFrames * FrameSamples]);
        foreach (Recording recording in Recordings.All.Where(IsCertain))
        {
            short[] source = WavReader.ReadAllMono(recording.Path, out int rate);
            using var resampler = new Resampler(rate, 48000);
            short[] speech = new short[resampler.MaxOutputLength(source.Length)];
            int length = resampler.Process(source, speech);
            int first = pcm.Count / FrameSamples;
            pcm.AddRange(speech.AsSpan(0, length));
            int last = (pcm.Count + FrameSamples - 1) / FrameSamples;
            pcm.AddRange(new short[(last * FrameSamples) - pcm.Count + (PauseFrames * FrameSamples)]);
            places.Add((recording, first, last));
        }

        return places.Count == 0
            ? throw new InvalidOperationException($"No recordings in {TestPaths.Shared}.")
            : new WerScript([.. pcm], places);
    }

    private static bool IsCertain(Recording recording) =>
        recording.Channels == 1 && recording.Transcript.Length > 0 && !recording.Transcript.StartsWith('(')
        && recording.Name is not "librispeech/ls-2412-153948-0001.wav";
}
