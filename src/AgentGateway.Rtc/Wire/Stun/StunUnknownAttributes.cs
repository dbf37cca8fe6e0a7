using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace AgentGateway.Rtc.Wire.Stun;

/// <summary>The first few attribute numbers that must be understood and are not (RFC 8489 section 6.3.1), as a fixed-size value.</summary>
[InlineArray(Capacity)]
public struct StunUnknownAttributes
{
    /// <summary>How many numbers are kept; a 420 answer need not list more to be understood.</summary>
    public const int Capacity = 8;

    private ushort _first;

    /// <summary>The slot as a span.</summary>
    [UnscopedRef]
    internal Span<ushort> AsSpan() => this;
}
