using System.Buffers;
using AgentGateway.Conversation.Ports;

namespace AgentGateway.Providers.Intonation;

/// <summary>
/// Hears whether a turn is over from its last syllable: who has finished falls to the bottom of their voice, or below it, and grows quiet; who will go on
/// stays above. Both against the caller's own range, so it suits every voice; a monotonous one it says nothing about. Takes some
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

        // The last 0.1 s of voice against the tenth of all of it that is lowest, in semitones.
        private const int Last = 10;
        private const float Lowest = 0.1f;

        // Pitch that is an octave off, or the room's.
        private const float Outlier = 9;

        // Beyond this the height says no more; at neutral it is where as many turns end as go on.
        private const float Bound = 1.6f;
        private const float Neutral = 0.2f;

        // Turns end 6 dB below the louder voice of a caller, pauses begin at 2 dB: it says a little, and less than the pitch.
        private const float Loud = 0.7f;
        private const float Between = -4;
        private const float LoudnessBound = 6;
        private const float PerDecibel = 0.05f;

        public float Predict(ReadOnlySpan<short> pcm16k)
        {
            if (pcm16k.Length > MaxSamples)
                pcm16k = pcm16k[^MaxSamples..];
            int frames = pcm16k.Length / PitchTrack.HopSamples;
            float[] rented = ArrayPool<float>.Shared.Rent(Math.Max(1, 3 * frames));
            try
            {
                Span<float> pitch = rented.AsSpan(0, frames);
                Span<float> loudness = rented.AsSpan(frames, frames);
                Span<float> scratch = rented.AsSpan(2 * frames, frames);
                int count = PitchTrack.Compute(pcm16k, pitch, loudness);
                if (count == 0)
                    return float.NaN;
                count = DropOutliers(pitch[..count], loudness, PitchTrack.Quantile(pitch[..count], scratch, 0.5f));
                if (count < Enough)
                    return float.NaN;
                float height = LastAgainst(pitch[..count], scratch, Lowest);
                float louder = LastAgainst(loudness[..count], scratch, Loud) - Between;
                float going = Math.Clamp(height, -Bound, Bound) + (PerDecibel * Math.Clamp(louder, -LoudnessBound, LoudnessBound)) - Neutral;
                return 1 / (1 + MathF.Exp(going));
            }
            finally
            {
                ArrayPool<float>.Shared.Return(rented);
            }
        }

        public void Dispose()
        {
        }

        // The middle of the last frames, above the value that a share of all is below.
        private static float LastAgainst(ReadOnlySpan<float> values, Span<float> scratch, float share) =>
            PitchTrack.Quantile(values[^Last..], scratch, 0.5f) - PitchTrack.Quantile(values, scratch, share);

        private static int DropOutliers(Span<float> pitch, Span<float> loudness, float middle)
        {
            int kept = 0;
            for (int i = 0; i < pitch.Length; i++)
            {
                if (MathF.Abs(pitch[i] - middle) < Outlier)
                    (pitch[kept], loudness[kept++]) = (pitch[i], loudness[i]);
            }

            return kept;
        }
    }
}
