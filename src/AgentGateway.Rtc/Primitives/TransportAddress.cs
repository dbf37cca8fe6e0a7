using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace AgentGateway.Rtc.Primitives;

/// <summary>
/// An IP address and UDP port as a value: compared and hashed without allocation, unlike <see cref="IPEndPoint"/>.
/// IPv4 is held as an IPv4-mapped IPv6 address, so that a packet from a dual-mode socket equals its IPv4 candidate.
/// Link-local scopes are not kept: link-local addresses are no candidates here.
/// </summary>
/// <param name="Bits">The 128 address bits in network order.</param>
/// <param name="Port">The port, 0..65535.</param>
public readonly record struct TransportAddress(UInt128 Bits, ushort Port)
{
    private static readonly UInt128 MappedPrefix = new(0, 0xFFFF_0000_0000);

    /// <summary>Whether the address is IPv4.</summary>
    public bool IsIPv4 => (Bits >> 32) == (MappedPrefix >> 32);

    /// <summary>Whether the address is in 127.0.0.0/8 or is ::1.</summary>
    public bool IsLoopback => IsIPv4 ? ((uint)Bits >> 24) == 127 : Bits == UInt128.One;

    /// <summary>Whether nothing was set.</summary>
    public bool IsUnspecified => Bits == UInt128.Zero || Bits == MappedPrefix;

    /// <summary>The IP address.</summary>
    public IPAddress Address
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            BinaryPrimitives.WriteUInt128BigEndian(bytes, Bits);
            return IsIPv4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes);
        }
    }

    /// <summary>From an IPv4 address as a big-endian integer.</summary>
    public static TransportAddress FromIPv4(uint address, ushort port) => new(MappedPrefix | address, port);

    /// <summary>From the 4 or 16 bytes of an address in network order.</summary>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public static TransportAddress FromBytes(ReadOnlySpan<byte> address, ushort port) => address.Length switch
    {
        4 => FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(address), port),
        16 => new TransportAddress(BinaryPrimitives.ReadUInt128BigEndian(address), port),
        _ => throw new ArgumentException("An IP address has 4 or 16 bytes.", nameof(address)),
    };

    /// <summary>From an end point.</summary>
    public static TransportAddress From(IPEndPoint endPoint) => From(endPoint.Address, (ushort)endPoint.Port);

    /// <summary>From an address and a port.</summary>
    public static TransportAddress From(IPAddress address, ushort port)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return FromBytes(bytes[..length], port);
    }

    /// <summary>Parses an IP literal; host names are refused.</summary>
    public static bool TryParse(ReadOnlySpan<char> address, ushort port, out TransportAddress result)
    {
        if (IPAddress.TryParse(address, out IPAddress? ip))
        {
            result = From(ip, port);
            return true;
        }

        result = default;
        return false;
    }

    /// <summary>Writes the 4 or 16 address bytes in network order and returns their number.</summary>
    public int WriteAddress(Span<byte> destination)
    {
        if (IsIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)Bits);
            return 4;
        }

        BinaryPrimitives.WriteUInt128BigEndian(destination, Bits);
        return 16;
    }

    /// <summary>The same as a framework type.</summary>
    public IPEndPoint ToIPEndPoint() => new(Address, Port);

    /// <inheritdoc/>
    public override string ToString() =>
        Address is { AddressFamily: AddressFamily.InterNetworkV6 } v6 ? $"[{v6}]:{Port}" : $"{Address}:{Port}";
}
