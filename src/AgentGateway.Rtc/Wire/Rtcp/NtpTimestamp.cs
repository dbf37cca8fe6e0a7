namespace AgentGateway.Rtc.Wire.Rtcp;

/// <summary>A 64-bit NTP time: seconds since 1900 in the upper half, their fraction in the lower (RFC 3550 section 4).</summary>
/// <param name="Value">The 64 bits.</param>
public readonly record struct NtpTimestamp(ulong Value)
{
    private static readonly DateTimeOffset Epoch = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The middle 32 bits that report blocks echo, in 1/65536 s.</summary>
    public uint Middle => (uint)(Value >> 16);

    /// <summary>From a wall-clock time; wraps in 2036 as NTP does.</summary>
    public static NtpTimestamp From(DateTimeOffset time)
    {
        long ticks = (time - Epoch).Ticks;
        ulong seconds = (ulong)(ticks / TimeSpan.TicksPerSecond);
        ulong fraction = ((ulong)(ticks % TimeSpan.TicksPerSecond) << 32) / TimeSpan.TicksPerSecond;
        return new NtpTimestamp((seconds << 32) | fraction);
    }
}
