namespace AgentGateway.Audio;

/// <summary>How speech is encoded: 48 kHz mono, VoIP mode, variable bitrate.</summary>
public sealed record OpusEncoderOptions
{
    /// <summary>Target bitrate in bit/s, 6000..510000. 28 kbit/s is fullband-quality speech.</summary>
    public int Bitrate { get; init; } = 28_000;

    /// <summary>0 (cheapest) to 10 (best). 5 costs about half the CPU of 10; see DESIGN.md for measurements.</summary>
    public int Complexity { get; init; } = 5;

    /// <summary>
    /// Whether packets carry a copy of the frame before (LBRR, RFC 6716 section 2.1.7). It takes effect while
    /// <see cref="ExpectedLossPercent"/> is above 0.
    /// </summary>
    public bool InbandFec { get; init; } = true;

    /// <summary>
    /// Expected loss in percent, 0..100, until reports say otherwise (<see cref="IOpusEncoder.ExpectedLossPercent"/>). FEC costs bits and CPU, so
    /// it starts when loss is seen.
    /// </summary>
    public int ExpectedLossPercent { get; init; }

    /// <summary>
    /// Highest audio frequency worth coding in Hz: 4000, 6000, 8000, 12000 or 20000. A voice synthesised at 16 kHz has nothing above 8000: coding
    /// no more is cheaper and sounds better at the same bitrate.
    /// </summary>
    public int MaxBandwidthHz { get; init; } = 20_000;

    /// <summary>Whether silence is sent as a few bytes every 400 ms (RFC 7587 section 3.1.3).</summary>
    public bool Dtx { get; init; }

    /// <summary>Throws when a value is out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The parameter name says which.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Bitrate, 6_000, nameof(Bitrate));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Bitrate, 510_000, nameof(Bitrate));
        ArgumentOutOfRangeException.ThrowIfNegative(Complexity, nameof(Complexity));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Complexity, 10, nameof(Complexity));
        ArgumentOutOfRangeException.ThrowIfNegative(ExpectedLossPercent, nameof(ExpectedLossPercent));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ExpectedLossPercent, 100, nameof(ExpectedLossPercent));
        if (MaxBandwidthHz is not (4_000 or 6_000 or 8_000 or 12_000 or 20_000))
            throw new ArgumentOutOfRangeException(nameof(MaxBandwidthHz), MaxBandwidthHz, "4000, 6000, 8000, 12000 or 20000 Hz.");
    }
}
