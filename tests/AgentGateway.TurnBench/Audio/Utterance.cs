namespace AgentGateway.TurnBench.Audio;

/// <summary>Something a caller says, 16 kHz mono at a fixed loudness, without silence around it.</summary>
/// <param name="Name">For the report.</param>
/// <param name="Pcm">The samples.</param>
/// <param name="Gaps">Samples between words, at which a pause can be inserted.</param>
internal sealed record Utterance(string Name, short[] Pcm, IReadOnlyList<int> Gaps)
{
    internal const int SampleRate = 16_000;

    internal TimeSpan Length => TimeSpan.FromSeconds((double)Pcm.Length / SampleRate);

    /// <summary>With a pause inside.</summary>
    internal Utterance WithPause(TimeSpan pause, int gap)
    {
        int at = Gaps[gap];
        return new Utterance(Name, [.. Pcm[..at], .. new short[(int)(pause.TotalSeconds * SampleRate)], .. Pcm[at..]], []);
    }

    /// <summary>With a pause inside, and a sound in it.</summary>
    internal Utterance WithPause(TimeSpan before, short[] sound, TimeSpan after, int gap)
    {
        int at = Gaps[gap];
        return new Utterance(
            Name, [.. Pcm[..at], .. new short[(int)(before.TotalSeconds * SampleRate)], .. sound, .. new short[(int)(after.TotalSeconds * SampleRate)], .. Pcm[at..]], []);
    }
}
