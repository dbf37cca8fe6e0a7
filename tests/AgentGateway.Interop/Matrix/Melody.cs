using AgentGateway.Testing;

namespace AgentGateway.Interop.Matrix;

/// <summary>
/// A tune to recognise: notes of 100 ms, each another of twelve pitches than the one before. Different seeds make tunes
/// that have little in common, so that nobody can take an echo of one side for the voice of the other.
/// </summary>
internal sealed class Melody
{
    internal const int Rate = 48000;
    internal const int NoteSamples = Rate / 10;
    internal const int Pitches = 12;

    private const int FadeSamples = Rate / 200;
    private const double Amplitude = 9000;

    private readonly int[] _notes;

    internal Melody(ulong seed, int notes)
    {
        var random = new SeededRandom(seed);
        _notes = new int[notes];
        for (int i = 0; i < notes; i++)
            _notes[i] = i == 0 ? random.Next(Pitches) : (_notes[i - 1] + 1 + random.Next(Pitches - 1)) % Pitches;
    }

    /// <summary>The pitch of each note, 0..11.</summary>
    internal IReadOnlyList<int> Notes => _notes;

    internal TimeSpan Length => TimeSpan.FromSeconds((double)_notes.Length * NoteSamples / Rate);

    /// <summary>Hertz of a pitch: 400 to 2400, a fifth of an octave and more apart.</summary>
    internal static double Frequency(int pitch) => 400 * Math.Pow(6, pitch / (Pitches - 1.0));

    /// <summary>The tune, 48 kHz mono.</summary>
    internal short[] Render()
    {
        short[] pcm = new short[_notes.Length * NoteSamples];
        for (int i = 0; i < pcm.Length; i++)
        {
            int within = i % NoteSamples;
            double fade = Math.Min(1, Math.Min(within, NoteSamples - within) / (double)FadeSamples);
            pcm[i] = (short)(Amplitude * fade * Math.Sin(2 * Math.PI * Frequency(_notes[i / NoteSamples]) * within / Rate));
        }

        return pcm;
    }
}
