using System.Globalization;

namespace AgentGateway.Rtc.Wire.Sdp;

/// <summary>The "o=" line (RFC 8866 section 5.2).</summary>
/// <param name="SessionId">Up to 64 bits; identifies the session together with the rest.</param>
/// <param name="SessionVersion">Grows by one with each new description of the same session (RFC 8829 section 5.2.2).</param>
/// <param name="UserName">"-" when unused.</param>
/// <param name="AddressType">"IP4" or "IP6".</param>
/// <param name="Address">Of no meaning in WebRTC; browsers write 127.0.0.1.</param>
public readonly record struct SdpOrigin(
    ulong SessionId, ulong SessionVersion, string UserName = "-", string AddressType = "IP4", string Address = "127.0.0.1")
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{UserName} {SessionId} {SessionVersion} IN {AddressType} {Address}");
}

/// <summary>A "c=" line (RFC 8866 section 5.7).</summary>
/// <param name="AddressType">"IP4" or "IP6".</param>
/// <param name="Address">An address or a name, TTL and count included.</param>
public readonly record struct SdpConnection(string AddressType, string Address)
{
    /// <summary>What JSEP writes before an address is known (RFC 8829 section 5.2.1).</summary>
    public static SdpConnection Unspecified => new("IP4", "0.0.0.0");

    /// <inheritdoc/>
    public override string ToString() => $"IN {AddressType} {Address}";
}

/// <summary>A line that is kept and written again, but not interpreted (i, u, e, p, b, r, z, k).</summary>
/// <param name="Type">The letter before "=".</param>
/// <param name="Value">What stands after it.</param>
public readonly record struct SdpLine(char Type, string Value);
