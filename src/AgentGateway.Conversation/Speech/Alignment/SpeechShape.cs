using System.Buffers;

namespace AgentGateway.Conversation.Speech.Alignment;

/// <summary>
/// Speech with its pauses taken out: what is left is words without a gap. A boundary n lies before sounding frame n. Where pauses
/// were and where vowels are is kept. In rented memory: a sentence is measured again while it is made, and none of it lasts.
/// </summary>
internal sealed class SpeechShape : IDisposable
{
    // Stops are silent too, but shorter.
    private const int MinPause = 6;
    private const double SilenceBelowPeak = 1e-4;
    private const float AlwaysSilent = 300;

    // Natural logarithms of amplitude: 1.7 dB between a vowel and its neighbours, 26 dB below the loudest one.
    private const double VowelRise = 0.2;
    private const double VowelRange = 3;
    private const int Smoothing = 3;

    private readonly int[] _frames;
    private readonly int[] _pauses;
    private readonly int[] _vowels;
    private readonly double[] _inner;
    private bool _disposed;

    /// <summary>Measures speech.</summary>
    public SpeechShape(IReadOnlyList<SpeechFrame> frames)
    {
        _frames = ArrayPool<int>.Shared.Rent(frames.Count + 1);
        _pauses = ArrayPool<int>.Shared.Rent(frames.Count + 1);
        RemovePauses(frames);
        _inner = ArrayPool<double>.Shared.Rent(Count + 2);
        _inner[0] = _inner[1] = 0;
        for (int n = 1; n < Count; n++)
            _inner[n + 1] = _inner[n] + (_pauses[n] * _pauses[n] / 80.0);
        _vowels = ArrayPool<int>.Shared.Rent(Count + 1);
        _vowels.AsSpan(0, Count + 1).Clear();
        double[] smooth = ArrayPool<double>.Shared.Rent(Count + 1);
        Smooth(frames, smooth.AsSpan(0, Count));
        FindVowels(smooth.AsSpan(0, Count));
        ArrayPool<double>.Shared.Return(smooth);
    }

    /// <summary>Sounding frames.</summary>
    public int Count { get; private set; }

    /// <summary>How long the pause at a boundary is, in frames; 0 for none.</summary>
    public int PauseAt(int boundary) => _pauses[boundary];

    /// <summary>How much silence lies between two boundaries, both not included: a word with a pause inside is unlikely, the longer the more so.</summary>
    public double SilenceInside(int start, int end) => end - start < 2 ? 0 : _inner[end] - _inner[start + 1];

    /// <summary>How many vowels were found between two boundaries.</summary>
    public int VowelsBetween(int start, int end) => _vowels[end] - _vowels[start];

    /// <summary>When the word before a boundary ends: a pause at it is not part of the word.</summary>
    public TimeSpan TimeOf(int boundary) => TimeSpan.FromSeconds((Count == 0 ? 0 : boundary == 0 ? _frames[0] : _frames[boundary - 1] + 1) / (double)SpeechEnvelope.Rate);

    /// <summary>Gives the memory back; nothing may be asked any more.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        ArrayPool<int>.Shared.Return(_frames);
        ArrayPool<int>.Shared.Return(_pauses);
        ArrayPool<int>.Shared.Return(_vowels);
        ArrayPool<double>.Shared.Return(_inner);
    }

    private void RemovePauses(IReadOnlyList<SpeechFrame> frames)
    {
        _pauses[0] = 0;
        float loudest = 0;
        foreach (SpeechFrame frame in frames)
            loudest = Math.Max(loudest, frame.Energy);
        double silence = Math.Max(AlwaysSilent, loudest * SilenceBelowPeak);
        for (int i = 0; i < frames.Count;)
        {
            int end = i;
            while (end < frames.Count && frames[end].Energy < silence)
                end++;
            if (end - i >= MinPause || end == frames.Count)
            {
                _pauses[Count] = end - i;
                i = end;
                continue;
            }

            for (end = Math.Max(end, i + 1); i < end; i++)
            {
                _frames[Count++] = i;
                _pauses[Count] = 0;
            }
        }
    }

    private void Smooth(IReadOnlyList<SpeechFrame> frames, Span<double> smooth)
    {
        for (int n = 0; n < Count; n++)
        {
            double sum = 0;
            double weights = 0;
            for (int j = Math.Max(-Smoothing, -n); j <= Smoothing && n + j < Count; j++)
            {
                double weight = Smoothing + 1 - Math.Abs(j);
                sum += weight * Math.Sqrt(frames[_frames[n + j]].Sonority);
                weights += weight;
            }

            smooth[n] = Math.Log(1 + (sum / weights));
        }
    }

    // Vowels are the peaks.
    private void FindVowels(ReadOnlySpan<double> smooth)
    {
        double loudest = 0;
        foreach (double value in smooth)
            loudest = Math.Max(loudest, value);
        double extreme = double.NegativeInfinity;
        int peak = 0;
        bool rising = true;
        for (int n = 0; n < Count; n++)
        {
            if (rising && smooth[n] > extreme)
            {
                (extreme, peak) = (smooth[n], n);
            }
            else if (rising && smooth[n] < extreme - VowelRise)
            {
                AddVowel(smooth, peak, loudest);
                (extreme, rising) = (smooth[n], false);
            }
            else if (!rising)
            {
                extreme = Math.Min(extreme, smooth[n]);
                if (smooth[n] > extreme + VowelRise)
                    (extreme, peak, rising) = (smooth[n], n, true);
            }
        }

        if (rising && Count > 0)
            AddVowel(smooth, peak, loudest);
        for (int n = 1; n <= Count; n++)
            _vowels[n] += _vowels[n - 1];
    }

    private void AddVowel(ReadOnlySpan<double> smooth, int at, double loudest)
    {
        if (smooth[at] > loudest - VowelRange)
            _vowels[at + 1] = 1;
    }
}
