using AgentGateway.Conversation.Ports;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.Session;

/// <summary>
/// Turns received audio into voice activity, a window at a time. The model rests while the level has been that of an open
/// line for a while: silence is most of a call.
/// </summary>
internal sealed class VoiceWindows : IDisposable
{
    // -66 dBFS: comfort noise and digital silence.
    private const int RestLevel = 16;
    private const int WindowsBeforeRest = 32;

    private readonly IVoiceActivityDetector _detector;
    private readonly AudioIntake _intake;
    private readonly short[] _window;
    private int _quiet;

    public VoiceWindows(IVoiceActivityModel model, AudioIntake intake)
    {
        _detector = model.CreateDetector();
        _intake = intake;
        _window = new short[_detector.WindowSamples];
    }

    /// <summary>Length of a window.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)_window.Length / AudioIntake.SampleRate);

    /// <summary>The samples of the last window; valid until the next.</summary>
    public ReadOnlySpan<short> Window => _window;

    /// <summary>Takes the next window, if it is complete.</summary>
    public bool TryNext(out float probability, out long end, out Instant arrival)
    {
        probability = 0;
        if (!_intake.TryRead(_window, out end, out arrival))
            return false;
        if (IsQuiet(_window))
        {
            if (_quiet < WindowsBeforeRest)
                _quiet++;
            if (_quiet == WindowsBeforeRest)
                return true;
        }
        else
        {
            if (_quiet == WindowsBeforeRest)
                _detector.Reset();
            _quiet = 0;
        }

        probability = _detector.Process(_window);
        return true;
    }

    public void Dispose() => _detector.Dispose();

    private static bool IsQuiet(ReadOnlySpan<short> window)
    {
        long sum = 0;
        foreach (short sample in window)
            sum += sample * sample;
        return sum < (long)RestLevel * RestLevel * window.Length;
    }
}
