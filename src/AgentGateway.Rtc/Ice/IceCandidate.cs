using System.Globalization;
using System.Text;
using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Rtc.Ice;

/// <summary>
/// One address where an agent may be reached (RFC 8839 section 5.1). A value: the agent keeps no reference to mutable state.
/// </summary>
public sealed record IceCandidate
{
    /// <summary>The type preference of an address learned over TCP: below that of TCP host candidates, as UDP's is below host (RFC 6544 section 4.2).</summary>
    internal const uint TcpReflexivePreference = 80;

    private const int MaxLineLength = 512;

    /// <summary>Groups candidates that are likely to behave alike: 1..32 ice-chars.</summary>
    public required string Foundation { get; init; }

    /// <summary>1 for RTP (and everything with rtcp-mux), 2 for RTCP; up to 256.</summary>
    public int Component { get; init; } = 1;

    /// <summary>"udp" or "tcp", lower case; others are kept as they came.</summary>
    public string Transport { get; init; } = "udp";

    /// <summary>1..2^31-1, higher is better (RFC 8445 section 5.1.2).</summary>
    public required uint Priority { get; init; }

    /// <summary>The address; default when <see cref="HostName"/> is set, whose port then stands here.</summary>
    public required TransportAddress Address { get; init; }

    /// <summary>A name instead of an address (mDNS ".local" of browsers), or null.</summary>
    public string? HostName { get; init; }

    /// <summary>Where it comes from.</summary>
    public required IceCandidateType Type { get; init; }

    /// <summary>raddr and rport, or null.</summary>
    public TransportAddress? Related { get; init; }

    /// <summary>"active", "passive" or "so" for TCP (RFC 6544), or null.</summary>
    public string? TcpType { get; init; }

    /// <summary>The ufrag extension that says which ICE generation it belongs to, or null.</summary>
    public string? Ufrag { get; init; }

    /// <summary>
    /// Never on the wire: the local address datagrams are sent from, when it is not <see cref="Address"/> (1:1 NAT, reflexive).
    /// </summary>
    public TransportAddress? SocketAddress { get; init; }

    /// <summary>The base (RFC 8445 section 5.1.1): the local address that checks for this candidate leave from.</summary>
    public TransportAddress Base =>
        SocketAddress ?? (Type is IceCandidateType.ServerReflexive or IceCandidateType.PeerReflexive ? Related ?? Address : Address);

    /// <summary>A host candidate for a socket of this machine.</summary>
    /// <param name="address">What the far end shall send to.</param>
    /// <param name="localPreference">0..65535; higher is tried first. One value per address.</param>
    /// <param name="socketAddress">The bound address when a 1:1 NAT maps <paramref name="address"/> to it; else null.</param>
    public static IceCandidate CreateHost(TransportAddress address, ushort localPreference = ushort.MaxValue, TransportAddress? socketAddress = null) => new()
    {
        Foundation = ComputeFoundation(IceCandidateType.Host, socketAddress ?? address),
        Priority = ComputePriority(IceCandidateType.Host, localPreference),
        Address = address,
        Type = IceCandidateType.Host,
        SocketAddress = socketAddress,
    };

    /// <summary>The same with the address that its name stands for; its port stays.</summary>
    public IceCandidate At(TransportAddress resolved) => this with { HostName = null, Address = resolved with { Port = Address.Port } };

    /// <summary>A server-reflexive candidate.</summary>
    /// <param name="address">What the STUN server saw.</param>
    /// <param name="baseAddress">The local address the request left from.</param>
    /// <param name="localPreference">0..65535.</param>
    public static IceCandidate CreateServerReflexive(TransportAddress address, TransportAddress baseAddress, ushort localPreference = ushort.MaxValue) => new()
    {
        Foundation = ComputeFoundation(IceCandidateType.ServerReflexive, baseAddress),
        Priority = ComputePriority(IceCandidateType.ServerReflexive, localPreference),
        Address = address,
        Type = IceCandidateType.ServerReflexive,
        Related = baseAddress,
    };

    /// <summary>A relayed candidate on a TURN server; it is its own base (RFC 8445 section 5.1.1.2).</summary>
    /// <param name="address">The relayed address.</param>
    /// <param name="mapped">Our address as the server sees it.</param>
    /// <param name="localPreference">0..65535; a server reached over TCP or TLS should get less.</param>
    public static IceCandidate CreateRelayed(TransportAddress address, TransportAddress mapped, ushort localPreference = ushort.MaxValue) => new()
    {
        Foundation = ComputeFoundation(IceCandidateType.Relayed, address with { Port = 0 }),
        Priority = ComputePriority(IceCandidateType.Relayed, localPreference),
        Address = address,
        Type = IceCandidateType.Relayed,
        Related = mapped,
    };

    /// <summary>
    /// A host candidate that waits for TCP connections (RFC 6544). Its type preference is 90, below server-reflexive UDP: TCP is for
    /// callers that nothing else reaches; the direction preference of "passive" is 4 (section 4.2).
    /// </summary>
    /// <param name="address">The listening address.</param>
    /// <param name="otherPreference">0..8191; higher is tried first.</param>
    /// <param name="socketAddress">The bound address when a 1:1 NAT maps <paramref name="address"/> to it; else null.</param>
    public static IceCandidate CreateTcpPassive(TransportAddress address, ushort otherPreference = 8191, TransportAddress? socketAddress = null) => new()
    {
        Foundation = ComputeFoundation(IceCandidateType.Host, (socketAddress ?? address) with { Port = 0 }) + "1",
        Priority = (90u << 24) | ((4u << 13 | Math.Min(otherPreference, (ushort)8191)) << 8) | 255,
        Transport = "tcp",
        Address = address,
        Type = IceCandidateType.Host,
        TcpType = "passive",
        SocketAddress = socketAddress,
    };

    /// <summary>The recommended formula (RFC 8445 section 5.1.2.1).</summary>
    /// <param name="type">Decides the highest 8 bits: host 126, peer-reflexive 110, server-reflexive 100, relayed 0.</param>
    /// <param name="localPreference">0..65535.</param>
    /// <param name="component">1..256.</param>
    public static uint ComputePriority(IceCandidateType type, ushort localPreference, int component = 1)
    {
        uint typePreference = type switch
        {
            IceCandidateType.Host => 126,
            IceCandidateType.PeerReflexive => 110,
            IceCandidateType.ServerReflexive => 100,
            _ => 0,
        };
        return (typePreference << 24) | ((uint)localPreference << 8) | (uint)(256 - component);
    }

    /// <summary>
    /// Parses "candidate:..." with or without that prefix, as in SDP and in a browser's RTCIceCandidate (RFC 8839 section 5.1).
    /// Unknown extensions are skipped; a host name is kept in <see cref="HostName"/>. Never throws; at most 512 characters.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out IceCandidate? candidate)
    {
        candidate = null;
        text = text.Trim();
        if (text.StartsWith("a=", StringComparison.Ordinal))
            text = text[2..];
        if (text.StartsWith("candidate:", StringComparison.OrdinalIgnoreCase))
            text = text["candidate:".Length..];

        // The grammar knows visible ASCII and single spaces only; anything else could not be written into a line again.
        if (text.IsEmpty || text.Length > MaxLineLength || text.ContainsAnyExceptInRange(' ', '~'))
            return false;
        var reader = new TokenReader(text);
        ReadOnlySpan<char> foundation = reader.Next();
        if (foundation.IsEmpty || foundation.Length > 32
            || !TryNumber(reader.Next(), 256, out uint component) || component == 0)
            return false;
        ReadOnlySpan<char> transport = reader.Next();
        if (transport.IsEmpty || !TryNumber(reader.Next(), uint.MaxValue, out uint priority))
            return false;
        ReadOnlySpan<char> host = reader.Next();
        if (host.IsEmpty || !TryNumber(reader.Next(), ushort.MaxValue, out uint port) || !reader.Next().SequenceEqual("typ")
            || !TryType(reader.Next(), out IceCandidateType type))
            return false;
        bool literal = TransportAddress.TryParse(host, (ushort)port, out TransportAddress address);
        if (!literal && !IsHostName(host))
            return false;
        var parsed = new IceCandidate
        {
            Foundation = foundation.ToString(),
            Component = (int)component,
            Transport = Lower(transport),
            Priority = priority,
            Address = literal ? address : new TransportAddress(0, (ushort)port),
            HostName = literal ? null : host.ToString(),
            Type = type,
        };
        if (!TryExtensions(ref reader, ref parsed))
            return false;
        candidate = parsed;
        return true;
    }

    /// <summary>The attribute value "candidate:...", as in SDP after "a=" and in trickled JSON.</summary>
    public string Format() => "candidate:" + FormatValue();

    /// <summary>The same without "candidate:".</summary>
    public string FormatValue()
    {
        var text = new StringBuilder(128);
        text.Append(CultureInfo.InvariantCulture, $"{Foundation} {Component} {Transport} {Priority} ");
        text.Append(CultureInfo.InvariantCulture, $"{HostName ?? Address.Address.ToString()} {Address.Port} typ {TypeName(Type)}");
        if (Related is { } related)
            text.Append(CultureInfo.InvariantCulture, $" raddr {related.Address} rport {related.Port}");
        if (TcpType is not null)
            text.Append(CultureInfo.InvariantCulture, $" tcptype {TcpType}");
        if (Ufrag is not null)
            text.Append(CultureInfo.InvariantCulture, $" ufrag {Ufrag}");
        return text.ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => Format();

    /// <summary>Equal type, base and transport give an equal foundation (RFC 8445 section 5.1.1.3).</summary>
    internal static string ComputeFoundation(IceCandidateType type, in TransportAddress baseAddress)
    {
        // FNV-1a: any mixing will do, the value only has to be stable and short.
        uint hash = 2166136261;
        ulong high = (ulong)(baseAddress.Bits >> 64);
        ulong low = (ulong)baseAddress.Bits;
        for (int i = 0; i < 64; i += 8)
            hash = (((hash ^ (byte)(high >> i)) * 16777619) ^ (byte)(low >> i)) * 16777619;
        hash = (hash ^ (byte)type) * 16777619;
        return hash.ToString(CultureInfo.InvariantCulture);
    }

    private static bool TryExtensions(ref TokenReader reader, ref IceCandidate candidate)
    {
        TransportAddress? related = null;
        while (true)
        {
            ReadOnlySpan<char> name = reader.Next();
            if (name.IsEmpty)
                break;
            ReadOnlySpan<char> value = reader.Next();
            if (value.IsEmpty)
                return false;
            switch (name)
            {
                case "raddr":
                    // A name or an obfuscated address here is harmless: the related address is informative.
                    related = TransportAddress.TryParse(value, 0, out TransportAddress raddr) ? raddr : null;
                    break;
                case "rport":
                    if (!TryNumber(value, ushort.MaxValue, out uint rport))
                        return false;
                    related = related is { } known ? known with { Port = (ushort)rport } : null;
                    break;
                case "tcptype":
                    candidate = candidate with { TcpType = value.ToString() };
                    break;
                case "ufrag":
                    candidate = candidate with { Ufrag = value.ToString() };
                    break;
                default:
                    break;
            }
        }

        if (related is not null)
            candidate = candidate with { Related = related };
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, uint max, out uint value) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= max;

    private static bool TryType(ReadOnlySpan<char> text, out IceCandidateType type)
    {
        switch (text)
        {
            case "host": type = IceCandidateType.Host; return true;
            case "srflx": type = IceCandidateType.ServerReflexive; return true;
            case "prflx": type = IceCandidateType.PeerReflexive; return true;
            case "relay": type = IceCandidateType.Relayed; return true;
            default: type = default; return false;
        }
    }

    private static string TypeName(IceCandidateType type) => type switch
    {
        IceCandidateType.Host => "host",
        IceCandidateType.ServerReflexive => "srflx",
        IceCandidateType.PeerReflexive => "prflx",
        _ => "relay",
    };

    private static string Lower(ReadOnlySpan<char> text) =>
        text.Equals("udp", StringComparison.OrdinalIgnoreCase) ? "udp"
        : text.Equals("tcp", StringComparison.OrdinalIgnoreCase) ? "tcp"
        : text.ToString();

    private static bool IsHostName(ReadOnlySpan<char> text)
    {
        if (text.Length > 253)
            return false;
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_'))
                return false;
        }

        return true;
    }

    private ref struct TokenReader(ReadOnlySpan<char> text)
    {
        private ReadOnlySpan<char> _rest = text;

        public ReadOnlySpan<char> Next()
        {
            _rest = _rest.TrimStart(' ');
            int space = _rest.IndexOf(' ');
            ReadOnlySpan<char> token = space < 0 ? _rest : _rest[..space];
            _rest = _rest[token.Length..];
            return token;
        }
    }
}
