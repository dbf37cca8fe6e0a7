namespace AgentGateway.Audio.Front;

/// <summary>How the microphone is freed of what was played.</summary>
public sealed record EchoDefenceOptions
{
    /// <summary>Whether echo is looked for and taken out. False: the microphone passes as it is.</summary>
    public bool CancelEcho { get; init; } = true;

    /// <summary>Whether steady noise is lowered.</summary>
    public bool Denoise { get; init; }

    /// <summary>How far steady noise is lowered at most, in dB, 0..40.</summary>
    public int NoiseReductionDb { get; init; } = 15;

    /// <summary>Longest way from playing to hearing that is searched, 0..500 ms.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Length of the echo's tail that is taken out once its delay is known, 32..256 ms.</summary>
    public TimeSpan Tail { get; init; } = TimeSpan.FromMilliseconds(200);
}
