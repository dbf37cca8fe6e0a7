namespace AgentGateway.Rtc.Wire.Sdp;

/// <summary>Why a session description was refused. The names are stable: they appear in problem documents and counters.</summary>
public enum SdpErrorCode
{
    /// <summary>It was not refused.</summary>
    None,

    /// <summary>Nothing but white space.</summary>
    Empty,

    /// <summary>More characters, lines, media sections, attributes or candidates than <see cref="SdpLimits"/> allows.</summary>
    TooLarge,

    /// <summary>A line is not "x=value", or a line type stands where it may not.</summary>
    BadStructure,

    /// <summary>A field line (o, c, t, m) has a wrong value.</summary>
    BadField,

    /// <summary>A known attribute has a wrong value.</summary>
    BadAttribute,
}

/// <summary>Where and why a session description was refused.</summary>
/// <param name="Code">The kind of error.</param>
/// <param name="Line">The line, counted from 1; 0 when the whole text is meant.</param>
/// <param name="Reason">One English sentence without the offending text, so that it may be logged.</param>
public readonly record struct SdpError(SdpErrorCode Code, int Line, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => Line > 0 ? FormattableString.Invariant($"line {Line}: {Reason}") : Reason ?? string.Empty;
}
