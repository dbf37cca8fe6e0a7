namespace AgentGateway.Providers.OnnxRuntime;

/// <summary>How the Silero voice activity model runs.</summary>
public sealed record SileroOptions
{
    /// <summary>
    /// Level in dBFS (RMS of a window, 0 is a full-scale square wave) under which a window counts as silence and the model is
    /// not run; null runs it always. Default -66, some 20 dB under a quiet speaker on a poor microphone.
    /// </summary>
    public double? SkipBelowDbfs { get; init; } = -66;

    /// <summary>Number of quiet windows the model still sees before it is skipped, so that its memory holds silence. Default 10 (320 ms).</summary>
    public int WindowsBeforeSkip { get; init; } = 10;
}
