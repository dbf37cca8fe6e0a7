namespace AgentGateway.Rtc.Wire.Sdp;

/// <summary>Who sends media, seen from the writer of the description (RFC 8866 section 6.7). Bit 0: sends, bit 1: receives.</summary>
[Flags]
public enum SdpDirection
{
    /// <summary>Nobody.</summary>
    Inactive = 0,

    /// <summary>The writer only sends.</summary>
    SendOnly = 1,

    /// <summary>The writer only receives.</summary>
    ReceiveOnly = 2,

    /// <summary>Both; the default.</summary>
    SendReceive = 3,
}

/// <summary>Names and arithmetic of <see cref="SdpDirection"/>.</summary>
public static class SdpDirections
{
    /// <summary>The attribute name: "sendrecv" and so on.</summary>
    public static string ToAttributeName(this SdpDirection direction) => direction switch
    {
        SdpDirection.SendReceive => "sendrecv",
        SdpDirection.SendOnly => "sendonly",
        SdpDirection.ReceiveOnly => "recvonly",
        _ => "inactive",
    };

    /// <summary>The same seen from the other end.</summary>
    public static SdpDirection Reverse(this SdpDirection direction) => direction switch
    {
        SdpDirection.SendOnly => SdpDirection.ReceiveOnly,
        SdpDirection.ReceiveOnly => SdpDirection.SendOnly,
        _ => direction,
    };

    /// <summary>What an answerer that would like <paramref name="wanted"/> may say to an offer of <paramref name="offered"/> (RFC 3264 section 6.1).</summary>
    public static SdpDirection Answer(this SdpDirection offered, SdpDirection wanted) => offered.Reverse() & wanted;

    internal static bool TryParse(string name, out SdpDirection direction)
    {
        switch (name)
        {
            case "sendrecv": direction = SdpDirection.SendReceive; return true;
            case "sendonly": direction = SdpDirection.SendOnly; return true;
            case "recvonly": direction = SdpDirection.ReceiveOnly; return true;
            case "inactive": direction = SdpDirection.Inactive; return true;
            default: direction = default; return false;
        }
    }
}
