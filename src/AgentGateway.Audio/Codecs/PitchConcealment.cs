namespace AgentGateway.Audio.Codecs;

/// <summary>
/// Replaces lost sound of a waveform codec by repeating the last pitch period, fading out from 10 to 60 ms, and blends over into what comes
/// next. The idea is that of G.711 appendix I.
/// </summary>
internal sealed class PitchConcealment
{
    private readonly int _rate;
    private readonly int _minLag;
    private readonly int _maxLag;
    private readonly short[] _history;
    private readonly short[] _blend;
    private int _lag;
    private int _concealed;

    /// <param name="rate">Samples per second.</param>
    public PitchConcealment(int rate)
    {
        _rate = rate;

        // 400 to 66 Hz.
        _minLag = rate / 400;
        _maxLag = rate / 66;
        _history = new short[3 * _maxLag];
        _blend = new short[rate / 200];
    }

    /// <summary>Takes what was decoded, and changes its beginning when it follows a loss.</summary>
    public void Accept(Span<short> pcm)
    {
        if (_concealed > 0)
        {
            Span<short> blend = _blend.AsSpan(0, Math.Min(_blend.Length, pcm.Length));
            Generate(blend);
            Fade.Cross(blend, pcm[..blend.Length], pcm[..blend.Length]);
            _concealed = 0;
        }

        if (pcm.Length >= _history.Length)
        {
            pcm[^_history.Length..].CopyTo(_history);
            return;
        }

        _history.AsSpan(pcm.Length).CopyTo(_history);
        pcm.CopyTo(_history.AsSpan(_history.Length - pcm.Length));
    }

    /// <summary>Fills a gap; the next call goes on where this one ended.</summary>
    public void Fill(Span<short> pcm)
    {
        if (_concealed == 0)
            _lag = FindLag();
        Generate(pcm);
    }

    public void Reset()
    {
        Array.Clear(_history);
        _concealed = 0;
    }

    private void Generate(Span<short> pcm)
    {
        int hold = _rate / 100;
        int fade = _rate / 20;
        for (int i = 0; i < pcm.Length; i++, _concealed++)
        {
            int gain = Math.Clamp(fade - (_concealed - hold), 0, fade);
            pcm[i] = (short)(_history[_history.Length - _lag + (_concealed % _lag)] * gain / fade);
        }
    }

    // The lag at which the last 10 to 15 ms resemble what came before them most.
    private int FindLag()
    {
        ReadOnlySpan<short> recent = _history.AsSpan(_history.Length - _maxLag);
        int best = _maxLag;
        double bestQuality = 0;
        for (int lag = _minLag; lag <= _maxLag; lag++)
        {
            ReadOnlySpan<short> before = _history.AsSpan(_history.Length - _maxLag - lag, _maxLag);
            long cross = 0;
            long power = 1;
            for (int i = 0; i < recent.Length; i++)
            {
                cross += recent[i] * before[i];
                power += before[i] * before[i];
            }

            double quality = cross <= 0 ? 0 : (double)cross * cross / power;
            if (quality > bestQuality)
                (best, bestQuality) = (lag, quality);
        }

        return best;
    }
}
