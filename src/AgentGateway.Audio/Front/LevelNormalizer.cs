namespace AgentGateway.Audio.Front;

/// <summary>
/// Brings a voice that is too quiet or too loud slowly to a usual level: what is between is left alone. Only speech moves the
/// gain, so pauses do not make noise loud, and a peak never clips. One owner; no allocation.
/// </summary>
public sealed class LevelNormalizer
{
    /// <summary>Level that speech is brought towards, in dBFS.</summary>
    public const float TargetDb = -23;

    /// <summary>Most gain, in dB.</summary>
    public const float MaxGainDb = 18;

    /// <summary>Least gain, in dB.</summary>
    public const float MinGainDb = -10;

    // Speech this near the target is as good as at it.
    private const float Tolerance = 6;
    private const float GainPerSecond = 6;
    private const float SpeechProbability = 0.6f;
    private const int Ceiling = 30_000;

    private float _level = float.NaN;

    /// <summary>The present gain, in dB.</summary>
    public float GainDb { get; private set; }

    /// <summary>Applies the gain in place.</summary>
    /// <param name="pcm16k">Some tens of milliseconds at 16 kHz.</param>
    /// <param name="speech">The probability that they are speech of the caller, 0..1.</param>
    public void Process(Span<short> pcm16k, float speech)
    {
        float before = GainDb;
        if (speech >= SpeechProbability)
            Follow(AudioLevel.Dbfs(pcm16k), pcm16k.Length / 16_000f);
        if (before == 0 && GainDb == 0)
            return;
        float peak = AudioLevel.Peak(pcm16k);
        float from = MathF.Pow(10, before / 20);
        float to = MathF.Pow(10, GainDb / 20);
        if (peak * Math.Max(from, to) > Ceiling)
        {
            to = Math.Min(to, Math.Max(Ceiling / peak, MathF.Pow(10, MinGainDb / 20)));
            from = Math.Min(from, to);
            GainDb = 20 * MathF.Log10(to);
        }

        for (int i = 0; i < pcm16k.Length; i++)
        {
            float gain = from + ((to - from) * (i + 1) / pcm16k.Length);
            pcm16k[i] = (short)Math.Clamp(pcm16k[i] * gain, short.MinValue, short.MaxValue);
        }
    }

    private void Follow(float level, float seconds)
    {
        // Loud windows are the voice, quiet ones its gaps: up fast, down slowly.
        float rate = float.IsNaN(_level) ? 1 : level > _level ? 0.2f : 0.02f;
        _level = float.IsNaN(_level) ? level : _level + (rate * (level - _level));
        float off = TargetDb - _level;
        float wanted = Math.Abs(off) <= Tolerance ? 0 : Math.Clamp(off - (MathF.Sign(off) * Tolerance / 2), MinGainDb, MaxGainDb);
        float step = GainPerSecond * seconds;
        GainDb += Math.Clamp(wanted - GainDb, -step, step);
    }
}
