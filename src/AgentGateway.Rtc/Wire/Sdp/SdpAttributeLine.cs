namespace AgentGateway.Rtc.Wire.Sdp;

/// <summary>One "a=" line (RFC 8866 section 5.13).</summary>
public readonly record struct SdpAttributeLine
{
    /// <summary>Creates an attribute.</summary>
    /// <param name="name">The part before the colon.</param>
    /// <param name="value">The part after it, or null for a property attribute.</param>
    /// <exception cref="ArgumentException">A part would break the line structure (CR, LF or NUL inside, a colon in the name).</exception>
    public SdpAttributeLine(string name, string? value = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.AsSpan().ContainsAny(":\r\n\0") || (value is not null && value.AsSpan().ContainsAny("\r\n\0")))
            throw new ArgumentException("An attribute may not contain line breaks or NUL, nor its name a colon.", nameof(value));
        Name = name;
        Value = value;
    }

    /// <summary>The part before the colon; compared case-sensitively.</summary>
    public string Name { get; }

    /// <summary>The part after the colon, or null.</summary>
    public string? Value { get; }

    /// <inheritdoc/>
    public override string ToString() => Value is null ? Name : $"{Name}:{Value}";
}
