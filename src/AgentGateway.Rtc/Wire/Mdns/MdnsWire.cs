namespace AgentGateway.Rtc.Wire.Mdns;

/// <summary>Numbers of the DNS format (RFC 1035 section 4).</summary>
internal static class MdnsWire
{
    public const int HeaderSize = 12;
    public const ushort TypeA = 1;
    public const ushort TypeAaaa = 28;
    public const ushort Internet = 1;
}
