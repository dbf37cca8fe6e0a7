using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AgentGateway.Audio.Jitter;

/// <summary>
/// Shortens or lengthens waiting audio by one pitch period, joining where the waveform repeats (overlap-add), so that pitch and timbre stay.
/// Where nothing repeats it refuses, unless the caller lowers the bar; in silence any place will do.
/// </summary>
internal static class TimeStretcher
{
    /// <summary>Shortest and longest period considered: 2.5 to 12.5 ms, 400 to 80 Hz.</summary>
    private const int MinLag = 120;
    private const int MaxLag = SampleQueue.History;

    /// <summary>Waiting samples needed to shorten.</summary>
    public const int AccelerateSamples = 2 * MaxLag;

    /// <summary>Waiting samples needed to lengthen, besides the history.</summary>
    public const int ExpandSamples = MaxLag;

    private const int Decimation = 6;
    private const int CoarseMinLag = MinLag / Decimation;
    private const int CoarseMaxLag = MaxLag / Decimation;

    // -50 dBFS.
    private const double SilentMeanSquare = 103.0 * 103.0;

    /// <summary>Removes one period; returns how many samples that were, or 0 when no good place was found.</summary>
    public static int Accelerate(SampleQueue queue, double threshold)
    {
        if (queue.Count < AccelerateSamples)
            return 0;
        (int position, int lag) = FindBest(queue.Waiting, AccelerateSamples, threshold, backward: false);
        if (lag == 0)
            return 0;
        Span<short> place = queue.Waiting[position..];
        Fade.Cross(place[..lag], place.Slice(lag, lag), place[..lag]);
        queue.Remove(position + lag, lag);
        return lag;
    }

    /// <summary>Inserts one period; returns how many samples that were, or 0 when no good place was found.</summary>
    public static int Expand(SampleQueue queue, double threshold)
    {
        if (queue.Count < ExpandSamples)
            return 0;

        // The period that ends at the splice is repeated; it may have been played already, the splice may not.
        (int position, int lag) = FindBest(queue.WithHistory, SampleQueue.History + ExpandSamples, threshold, backward: true);
        if (lag == 0)
            return 0;
        int splice = position + MaxLag;
        Span<short> repeated = stackalloc short[MaxLag];
        Span<short> source = queue.WithHistory;
        Fade.Cross(source.Slice(splice, lag), source.Slice(splice - lag, lag), repeated[..lag]);
        repeated[..lag].CopyTo(queue.Insert(splice - SampleQueue.History, lag));
        return lag;
    }

    // Looks at the beginning and at the end of the span and takes the better place.
    private static (int Position, int Lag) FindBest(ReadOnlySpan<short> samples, int needed, double threshold, bool backward)
    {
        (int lag, double quality) = FindLag(samples[..needed], backward);
        int position = 0;
        if (quality < 0.98 && samples.Length > needed + MinLag)
        {
            (int otherLag, double otherQuality) = FindLag(samples[^needed..], backward);
            if (otherQuality > quality)
                (position, lag, quality) = (samples.Length - needed, otherLag, otherQuality);
        }

        return quality >= threshold ? (position, lag) : (0, 0);
    }

    // The lag at which two stretches of the 25 ms resemble each other most, and how much (normalised cross-correlation): the beginning and what
    // follows it, or, backward, the second half and what comes before it.
    private static (int Lag, double Quality) FindLag(ReadOnlySpan<short> samples, bool backward)
    {
        if ((double)AudioLevel.SumOfSquares(samples) / samples.Length < SilentMeanSquare)
            return (MaxLag, 1);

        Span<float> coarse = stackalloc float[2 * CoarseMaxLag];
        for (int i = 0; i < coarse.Length; i++)
        {
            int sum = 0;
            for (int k = 0; k < Decimation; k++)
                sum += samples[(i * Decimation) + k];
            coarse[i] = sum;
        }

        int bestCoarse = CoarseMinLag;
        double bestQuality = double.MinValue;
        for (int lag = CoarseMinLag; lag <= CoarseMaxLag; lag++)
        {
            double quality = backward
                ? Similarity(coarse.Slice(CoarseMaxLag, CoarseMaxLag), coarse.Slice(CoarseMaxLag - lag, CoarseMaxLag))
                : Similarity(coarse[..CoarseMaxLag], coarse.Slice(lag, CoarseMaxLag));
            if (quality > bestQuality)
                (bestCoarse, bestQuality) = (lag, quality);
        }

        Span<float> fine = stackalloc float[2 * MaxLag];
        PcmConvert.ToFloat(samples[..fine.Length], fine);
        int from = Math.Max(MinLag, (bestCoarse - 1) * Decimation);
        int to = Math.Min(MaxLag, (bestCoarse + 1) * Decimation);
        (int Lag, double Quality) best = (from, double.MinValue);
        for (int lag = from; lag <= to; lag++)
        {
            // The stretch that is overlapped is one period long, but short periods are judged over 5 ms.
            int window = Math.Clamp(lag, 2 * MinLag, MaxLag);
            double quality = backward
                ? Similarity(fine.Slice(MaxLag, window), fine.Slice(MaxLag - lag, window))
                : Similarity(fine[..window], fine.Slice(lag, window));
            if (quality > best.Quality)
                best = (lag, quality);
        }

        return best;
    }

    // Four lanes on every machine: the order of additions, and with it the result, does not depend on the width of its vectors.
    private static double Similarity(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ReadOnlySpan<Vector128<float>> wideA = MemoryMarshal.Cast<float, Vector128<float>>(a);
        ReadOnlySpan<Vector128<float>> wideB = MemoryMarshal.Cast<float, Vector128<float>>(b);
        Vector128<float> cross = Vector128<float>.Zero;
        Vector128<float> powerA = Vector128<float>.Zero;
        Vector128<float> powerB = Vector128<float>.Zero;
        for (int i = 0; i < wideA.Length; i++)
        {
            cross += wideA[i] * wideB[i];
            powerA += wideA[i] * wideA[i];
            powerB += wideB[i] * wideB[i];
        }

        double power = Math.Sqrt((double)Vector128.Sum(powerA) * Vector128.Sum(powerB));
        return power <= 0 ? 0 : Vector128.Sum(cross) / power;
    }
}
