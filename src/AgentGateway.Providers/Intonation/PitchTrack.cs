using System.Buffers;
using System.Numerics;

namespace AgentGateway.Providers.Intonation;

/// <summary>
/// The pitch of speech that a pause has followed: frames of 40 ms every 10 ms at 8 kHz, normalised autocorrelation between 60 and 400 Hz. A frame
/// is voiced when it repeats itself and is louder than the pause. Rented buffers; about 10 microseconds per voiced frame.
/// </summary>
internal static class PitchTrack
{
    /// <summary>Samples of 16 kHz audio per frame of the result.</summary>
    public const int HopSamples = 2 * Hop;

    private const int Rate = 8000;
    private const int Hop = 80;
    private const int Window = 320;
    private const int MinLag = 20;
    private const int MaxLag = 133;

    // What the caller's pause sounds like: the room. What is before it may be speech.
    private const int RoomFrames = 13;
    private const int PauseFrames = 18;
    private const int LeastFrames = 35;

    // The high pass.
    private const float Gain = 0.84646f;
    private const float Near = 1.66920f;
    private const float Far = 0.71663f;

    private const float AboveRoom = 6;
    private const float BelowPeak = 22;
    private const float LeastBelowPeak = 6;
    private const float Voiced = 0.55f;
    private const float OctaveCost = 0.06f;

    /// <summary>Writes the pitch and the loudness of voiced frames, in order.</summary>
    /// <param name="pcm16k">16 kHz speech, and at least 0.2 s of the pause behind it.</param>
    /// <param name="pitch">Semitones above 55 Hz; room for one per <see cref="HopSamples"/>.</param>
    /// <param name="loudness">In dB; as much room.</param>
    /// <returns>How many were written.</returns>
    public static int Compute(ReadOnlySpan<short> pcm16k, Span<float> pitch, Span<float> loudness)
    {
        int length = pcm16k.Length / 2;
        int frames = ((length - Window - MaxLag) / Hop) + 1;
        if (frames < LeastFrames)
            return 0;
        float[] rented = ArrayPool<float>.Shared.Rent(length + frames + frames);
        try
        {
            Span<float> samples = rented.AsSpan(0, length);
            Span<float> levels = rented.AsSpan(length, frames);
            Span<float> sorted = rented.AsSpan(length + frames, frames);
            Halve(pcm16k, samples);
            for (int i = 0; i < frames; i++)
            {
                ReadOnlySpan<float> frame = samples.Slice(i * Hop, Window);
                levels[i] = 10 * MathF.Log10((Dot(frame, frame) / Window) + 1);
            }

            float threshold = Threshold(levels, sorted);
            int count = 0;
            for (int i = 0; i < frames - PauseFrames; i++)
            {
                if (levels[i] >= threshold && TryFind(samples[(i * Hop)..], out float found))
                    (pitch[count], loudness[count++]) = (found, levels[i]);
            }

            return count;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    // Speech is louder than the room and not far below its own peaks.
    private static float Threshold(ReadOnlySpan<float> levels, Span<float> sorted)
    {
        float room = Quantile(levels[^RoomFrames..], sorted, 0.5f);
        float peak = Quantile(levels[..^PauseFrames], sorted, 0.95f);
        return Math.Min(Math.Max(room + AboveRoom, peak - BelowPeak), peak - LeastBelowPeak);
    }

    /// <summary>The value below which a share of others lie.</summary>
    /// <param name="values">At least one.</param>
    /// <param name="scratch">As long.</param>
    /// <param name="share">0..1.</param>
    public static float Quantile(ReadOnlySpan<float> values, Span<float> scratch, float share)
    {
        Span<float> sorted = scratch[..values.Length];
        values.CopyTo(sorted);
        sorted.Sort();
        return sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
    }

    // To 8 kHz, from 300 Hz on (Butterworth, second order): hum and rumble are below, and what repeats itself above tells the pitch as well.
    private static void Halve(ReadOnlySpan<short> pcm, Span<float> samples)
    {
        float before = 0;
        float after = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            int at = 2 * i;
            float sample = (0.25f * (at > 0 ? pcm[at - 1] : 0)) + (0.5f * pcm[at]) + (0.25f * pcm[at + 1]);
            float high = (Gain * sample) + before;
            before = after - (2 * Gain * sample) + (Near * high);
            after = (Gain * sample) - (Far * high);
            samples[i] = high;
        }
    }

    // The lag at which the frame repeats itself best; of equals the shortest, or one would hear an octave too low.
    private static bool TryFind(ReadOnlySpan<float> samples, out float pitch)
    {
        ReadOnlySpan<float> frame = samples[..Window];
        float own = Dot(frame, frame);
        Span<float> alike = stackalloc float[MaxLag + 1];
        float energy = Dot(samples.Slice(MinLag - 1, Window), samples.Slice(MinLag - 1, Window));
        for (int lag = MinLag - 1; lag <= MaxLag && lag + Window <= samples.Length; lag++)
        {
            if (lag >= MinLag)
                energy += (samples[lag + Window - 1] * samples[lag + Window - 1]) - (samples[lag - 1] * samples[lag - 1]);
            alike[lag] = Dot(frame, samples.Slice(lag, Window)) / MathF.Sqrt((own * MathF.Max(energy, 1)) + 1);
        }

        int best = 0;
        float most = 0;
        for (int lag = MinLag; lag < MaxLag; lag++)
        {
            if (alike[lag] < alike[lag - 1] || alike[lag] < alike[lag + 1])
                continue;
            float score = alike[lag] - (OctaveCost * MathF.Log2((float)lag / MinLag));
            if (score > most)
                (most, best) = (score, lag);
        }

        pitch = 0;
        if (best == 0 || alike[best] < Voiced)
            return false;
        float bend = alike[best - 1] - (2 * alike[best]) + alike[best + 1];
        float between = MathF.Abs(bend) < 1e-6f ? 0 : 0.5f * (alike[best - 1] - alike[best + 1]) / bend;
        pitch = 12 * MathF.Log2(Rate / (best + between) / 55);
        return true;
    }

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Vector<float> sum = Vector<float>.Zero;
        int i = 0;
        for (; i + Vector<float>.Count <= a.Length; i += Vector<float>.Count)
            sum += new Vector<float>(a[i..]) * new Vector<float>(b[i..]);
        float total = Vector.Sum(sum);
        for (; i < a.Length; i++)
            total += a[i] * b[i];
        return total;
    }
}
