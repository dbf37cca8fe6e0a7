namespace AgentGateway.Rtc.Wire.Rtp;

/// <summary>One header extension element (RFC 8285).</summary>
public readonly ref struct RtpExtension
{
    internal RtpExtension(int id, ReadOnlySpan<byte> value)
    {
        Id = id;
        Value = value;
    }

    /// <summary>The id that extmap gave it, 1..255.</summary>
    public int Id { get; }

    /// <summary>Its bytes.</summary>
    public ReadOnlySpan<byte> Value { get; }
}
