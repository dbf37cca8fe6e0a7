using System.Buffers;
using AgentGateway.Conversation.Ports;

namespace AgentGateway.Providers.Intonation;

/// <summary>
/// Hears whether a turn is over from its last pitch: who has finished falls to the bottom of their voice, or below it; who will go on stays above.
/// One number against the caller's own range, so it needs no weights and suits every voice; a monotonous one it says nothing about. Takes some
/// milliseconds. Statements fall in most languages, questions may rise: it is evidence beside the words, not a judge.
/// </summary>
public sealed class IntonationModel : IEndOfTurnModel
{
    /// <inheritdoc/>
    public string Name => "intonation";

    /// <inheritdoc/>
    public IEndOfTurnDetector Create() => new Detector();

    private sealed class Detector : IEndOfTurnDetector
    {
        private const int MaxSamples = 4 * 16_000;
        private const int Enough = 15;

        // The last 0.12 s of voice against the tenth of all of it that is lowest, in semitones.
        private const int Last = 12;
        private const float Lowest = 0.1f;

        // Pitch that is an octave off, or the room's.
        private const float Outlier = 9;

        // Beyond this the height says no more; at neutral it is where as many turns end as go on.
        private const float Bound = 1.2f;
        private const float Neutral = 0.2f;

        public float Predict(ReadOnlySpan<short> pcm16k)
        {
            if (pcm16k.Length > MaxSamples)
                pcm16k = pcm16k[^MaxSamples..];
            int frames = pcm16k.Length / PitchTrack.HopSamples;
            float[] rented = ArrayPool<float>.Shared.Rent(Math.Max(1, 2 * frames));
            try
            {
                Span<float> pitch = rented.AsSpan(0, frames);
                Span<float> scratch = rented.AsSpan(frames, frames);
                int count = PitchTrack.Compute(pcm16k, pitch);
                if (count == 0)
                    return float.NaN;
                count = DropOutliers(pitch[..count], PitchTrack.Quantile(pitch[..count], scratch, 0.5f));
                if (count < Enough)
                    return float.NaN;
                float height = PitchTrack.Quantile(pitch[(count - Last)..count], scratch, 0.5f) - PitchTrack.Quantile(pitch[..count], scratch, Lowest);
                return 1 / (1 + MathF.Exp(Math.Clamp(height, -Bound, Bound) - Neutral));
            }
            finally
            {
                ArrayPool<float>.Shared.Return(rented);
            }
        }

        public void Dispose()
        {
        }

        private static int DropOutliers(Span<float> pitch, float middle)
        {
            int kept = 0;
            foreach (float value in pitch)
            {
                if (MathF.Abs(value - middle) < Outlier)
                    pitch[kept++] = value;
            }

            return kept;
        }
    }
}
