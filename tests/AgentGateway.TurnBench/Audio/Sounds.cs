using AgentGateway.Audio;
using AgentGateway.Testing;

namespace AgentGateway.TurnBench.Audio;

/// <summary>Levels, noises and the shape of speech.</summary>
internal static class Sounds
{
    /// <summary>Loudness of callers: RMS of their speech in dBFS.</summary>
    internal const double SpeechLevel = -26;

    private const int Frame = 160;

    /// <summary>Cuts silence off both ends and sets the loudness.</summary>
    internal static short[] Normalize(ReadOnlySpan<short> pcm)
    {
        int frames = pcm.Length / Frame;
        double peak = 0;
        for (int i = 0; i < frames; i++)
            peak = Math.Max(peak, Rms(pcm.Slice(i * Frame, Frame)));
        double floor = peak / 30;
        int first = 0;
        int last = frames - 1;
        while (first < last && Rms(pcm.Slice(first * Frame, Frame)) < floor)
            first++;
        while (last > first && Rms(pcm.Slice(last * Frame, Frame)) < floor)
            last--;
        short[] kept = pcm[(first * Frame)..Math.Min(pcm.Length, (last + 1) * Frame)].ToArray();
        double sum = 0;
        int active = 0;
        for (int i = 0; i + Frame <= kept.Length; i += Frame)
        {
            double rms = Rms(kept.AsSpan(i, Frame));
            if (rms < floor)
                continue;
            sum += rms * rms;
            active++;
        }

        return Scale(kept, Amplitude(SpeechLevel) / Math.Sqrt(sum / Math.Max(1, active)));
    }

    /// <summary>Quiet places of at least 30 ms between a quarter and three quarters of the way.</summary>
    internal static List<int> FindGaps(short[] pcm)
    {
        double quiet = Amplitude(SpeechLevel) / 12;
        List<int> gaps = [];
        int run = 0;
        for (int i = pcm.Length / 4 / Frame; i < pcm.Length * 3 / 4 / Frame; i++)
        {
            run = Rms(pcm.AsSpan(i * Frame, Frame)) < quiet ? run + 1 : 0;
            if (run == 3)
                gaps.Add((i - 1) * Frame);
        }

        return gaps;
    }

    /// <summary>To the bench's rate.</summary>
    internal static short[] Resample(short[] pcm, int rate)
    {
        if (rate == Utterance.SampleRate)
            return pcm;
        using var resampler = new Resampler(rate, Utterance.SampleRate);
        short[] output = new short[resampler.MaxOutputLength(pcm.Length)];
        return output[..resampler.Process(pcm, output)];
    }

    /// <summary>What stands between pauses of 0.7 s or more, if it is at least a second.</summary>
    internal static IEnumerable<short[]> Sentences(short[] pcm)
    {
        double quiet = Amplitude(SpeechLevel) / 12;
        int start = 0;
        int run = 0;
        for (int at = 0; at + Frame <= pcm.Length; at += Frame)
        {
            run = Rms(pcm.AsSpan(at, Frame)) < quiet ? run + Frame : 0;
            if (run < Utterance.SampleRate * 7 / 10 && at + (2 * Frame) <= pcm.Length)
                continue;
            if (at - run - start > Utterance.SampleRate)
                yield return pcm[start..(at - run + Frame)];
            (start, run) = (at + Frame, 0);
        }
    }

    /// <summary>
    /// The last syllable twice as long, at its pitch: its loudest 0.1 s is said again and again, each time where it fits best on what went before.
    /// </summary>
    internal static short[] DrawOut(short[] pcm)
    {
        const int Piece = Utterance.SampleRate / 40;
        const int Tail = Utterance.SampleRate / 4;
        const int Search = Utterance.SampleRate / 70;
        if (pcm.Length < Tail + Piece + Search)
            return pcm;
        int loudest = Enumerable.Range(0, (Tail - (2 * Piece)) / Frame).Select(i => pcm.Length - Tail + (i * Frame)).MaxBy(at => Rms(pcm.AsSpan(at, 2 * Piece)));
        List<short> drawn = [.. pcm[..(loudest + Piece)]];
        for (int n = 0; n < 8; n++)
            Append(drawn, pcm, Enumerable.Range(loudest - Search, 2 * Search).MaxBy(at => Fit(drawn, pcm, at, Piece)), Piece);
        Append(drawn, pcm, Enumerable.Range(loudest + Piece - Search, Search).MaxBy(at => Fit(drawn, pcm, at, Piece)), pcm.Length);
        return [.. drawn];
    }

    // Half a piece is faded over.
    private static void Append(List<short> drawn, short[] pcm, int at, int length)
    {
        const int Fade = Utterance.SampleRate / 80;
        int end = Math.Min(pcm.Length, at + Fade + length);
        for (int i = 0; i < Fade && at + i < end; i++)
            drawn[drawn.Count - Fade + i] = (short)(((drawn[drawn.Count - Fade + i] * (Fade - i)) + (pcm[at + i] * i)) / Fade);
        for (int i = at + Fade; i < end; i++)
            drawn.Add(pcm[i]);
    }

    private static double Fit(List<short> drawn, short[] pcm, int at, int length)
    {
        double alike = 0;
        double energy = 1;
        for (int i = 0; i < length / 2 && at + i < pcm.Length; i++)
        {
            alike += (double)drawn[drawn.Count - (length / 2) + i] * pcm[at + i];
            energy += (double)pcm[at + i] * pcm[at + i];
        }

        return alike / Math.Sqrt(energy);
    }

    /// <summary>The shared noises, one after the other, at full-scale RMS 1.</summary>
    internal static float[] LoadNoise()
    {
        List<float> noise = [];
        foreach (Recording recording in Recordings.All.Where(r => r.Name.StartsWith("noise/", StringComparison.Ordinal)))
        {
            short[] pcm = WavReader.ReadAllMono(recording.Path, out _);
            double rms = Rms(pcm);
            noise.AddRange(pcm.Select(sample => (float)(sample / rms)));
        }

        return [.. noise];
    }

    /// <summary>A cough: one to three bursts of noise through a throat.</summary>
    internal static short[] Cough(SeededRandom random) => Cough(random, 1 + random.Next(3));

    /// <summary>One of so many bursts.</summary>
    internal static short[] Cough(SeededRandom random, int bursts)
    {
        List<short> pcm = [];
        for (int burst = 0; burst < bursts; burst++)
        {
            int length = Utterance.SampleRate * (120 + random.Next(160)) / 1000;
            double low = 0;
            double resonance = 2 * Math.Cos(2 * Math.PI * (400 + random.Next(500)) / Utterance.SampleRate);
            double y1 = 0;
            double y2 = 0;
            for (int i = 0; i < length; i++)
            {
                double white = (random.Next(20_001) / 10_000.0) - 1;
                low += 0.5 * (white - low);
                double y = low + (0.94 * resonance * y1) - (0.94 * 0.94 * y2);
                y2 = y1;
                y1 = y;
                double attack = Math.Min(1, i / 80.0);
                pcm.Add((short)Math.Clamp(y * 2500 * attack * Math.Exp(-4.0 * i / length), short.MinValue, short.MaxValue));
            }

            pcm.AddRange(new short[Utterance.SampleRate * (60 + random.Next(120)) / 1000]);
        }

        return Normalize([.. pcm]);
    }

    /// <summary>Where somebody begins to speak after breath and clicks: 50 ms in a row within 26 dB of the loudest moment.</summary>
    internal static TimeSpan SpeechOnset(short[] pcm)
    {
        double[] levels = [.. Enumerable.Range(0, pcm.Length / Frame).Select(i => Rms(pcm.AsSpan(i * Frame, Frame)))];
        double least = levels.Max() / 20;
        int first = Enumerable.Range(0, Math.Max(1, levels.Length - 4)).First(i => i + 5 > levels.Length || levels.AsSpan(i, 5).IndexOfAnyInRange(0, least) < 0);
        return TimeSpan.FromSeconds((double)first * Frame / Utterance.SampleRate);
    }

    /// <summary>Noise that rises and falls: a breath, or with some milliseconds a click.</summary>
    internal static short[] Breath(SeededRandom random, int milliseconds, double dbfs)
    {
        short[] pcm = new short[Utterance.SampleRate * milliseconds / 1000];
        double low = 0;
        for (int i = 0; i < pcm.Length; i++)
        {
            low += 0.4 * ((random.Next(20_001) / 10_000.0) - 1 - low);
            pcm[i] = (short)Math.Clamp(4 * Amplitude(dbfs) * low * Math.Sin(Math.PI * i / pcm.Length), short.MinValue, short.MaxValue);
        }

        return pcm;
    }

    internal static double Amplitude(double dbfs) => 32768 * Math.Pow(10, dbfs / 20);

    private static double Rms(ReadOnlySpan<short> pcm)
    {
        double sum = 0;
        foreach (short sample in pcm)
            sum += (double)sample * sample;
        return Math.Sqrt(sum / Math.Max(1, pcm.Length));
    }

    private static short[] Scale(short[] pcm, double gain) =>
        [.. pcm.Select(sample => (short)Math.Clamp(sample * gain, short.MinValue, short.MaxValue))];
}
