namespace AgentGateway.Audio;

/// <summary>Bounds of the adaptive jitter buffer.</summary>
public sealed record JitterBufferOptions
{
    /// <summary>
    /// Least delay that is aimed at, 0..<see cref="MaxDelay"/>. With one packet (20 ms) forward error correction can always work.
    /// </summary>
    public TimeSpan MinDelay { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Most delay that is aimed at while it suffices, which it does until one packet in fifty would come too late for it; at least
    /// <see cref="MinDelay"/>. A whole number of 5 ms.
    /// </summary>
    public TimeSpan UsualMaxDelay { get; init; } = TimeSpan.FromMilliseconds(60);

    /// <summary>
    /// Most delay that is aimed at, however bad the network; at most 2 s. With the value of <see cref="UsualMaxDelay"/>, or less, that is never
    /// passed.
    /// </summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Delay beyond which the oldest audio is dropped at once (a burst after a stall). Below it, the delay is lowered by playing faster.
    /// At least 60 ms more than <see cref="MaxDelay"/>.
    /// </summary>
    public TimeSpan DiscardDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How many packets are kept at most, 16..1024; rounded up to a power of two.</summary>
    public int MaxPackets { get; init; } = 128;

    /// <summary>Longest gap in a stream that is filled with concealment before silence takes over.</summary>
    public TimeSpan MaxConcealment { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Throws when a value is out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The parameter name says which.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MinDelay, TimeSpan.Zero, nameof(MinDelay));
        ArgumentOutOfRangeException.ThrowIfLessThan(UsualMaxDelay, MinDelay, nameof(UsualMaxDelay));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDelay, MinDelay, nameof(MaxDelay));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxDelay, TimeSpan.FromSeconds(2), nameof(MaxDelay));
        ArgumentOutOfRangeException.ThrowIfLessThan(DiscardDelay, MaxDelay + TimeSpan.FromMilliseconds(60), nameof(DiscardDelay));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPackets, 16, nameof(MaxPackets));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxPackets, 1024, nameof(MaxPackets));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxConcealment, TimeSpan.Zero, nameof(MaxConcealment));
    }
}
