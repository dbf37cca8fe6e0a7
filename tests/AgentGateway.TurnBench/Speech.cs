namespace AgentGateway.TurnBench;

/// <summary>
/// The samples of an agent that left it for good. A frame that only fades before a stop is said again, rising, when the agent goes on: it
/// does not count, and the rise is not compared.
/// </summary>
internal sealed class Speech
{
    private const int Fade = 240;

    private readonly List<short> _samples = [];
    private readonly List<int> _resumes = [];
    private int _last;

    /// <summary>Adds a frame that held speech.</summary>
    internal void Add(ReadOnlySpan<short> frame)
    {
        _last = frame.Length;
        _samples.AddRange(frame);
    }

    /// <summary>The agent fell silent.</summary>
    internal void Stop()
    {
        // Only a fade ends in silence so soon.
        if (_last > Fade && !_samples.Skip(_samples.Count - _last + Fade).Any(sample => sample != 0))
            _samples.RemoveRange(_samples.Count - _last, _last);
        _resumes.Add(_samples.Count);
        _last = 0;
    }

    /// <summary>Where and how this speech is not the other one; null when it is, to the sample.</summary>
    internal string? DifferenceFrom(Speech other)
    {
        if (Math.Abs(_samples.Count - other._samples.Count) is var more and > 0)
            return $"in length, by {more / 48.0:F1} ms";
        for (int i = 0; i < _samples.Count; i++)
        {
            if (_samples[i] != other._samples[i] && !_resumes.Exists(at => i >= at && i < at + Fade) && !other._resumes.Exists(at => i >= at && i < at + Fade))
                return $"at {i / 48.0:F1} ms";
        }

        return null;
    }
}
