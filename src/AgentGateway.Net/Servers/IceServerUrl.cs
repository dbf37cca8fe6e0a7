using System.Globalization;
using System.Net;

namespace AgentGateway.Net;

/// <summary>A URL of a STUN or TURN server (RFC 7064, RFC 7065): stun:host:port, turn:host:port?transport=tcp, turns:host:port.</summary>
public sealed record IceServerUrl
{
    private const int MaxLength = 300;
    private const int DefaultPort = 3478;
    private const int DefaultTlsPort = 5349;

    /// <summary>Whether it is a TURN server.</summary>
    public required bool IsTurn { get; init; }

    /// <summary>A name or an IP address, IPv6 without brackets.</summary>
    public required string Host { get; init; }

    /// <summary>1..65535; by default 3478, or 5349 for TLS.</summary>
    public required int Port { get; init; }

    /// <summary>How it is reached.</summary>
    public required TurnTransport Transport { get; init; }

    /// <summary>Parses a URL that this gateway can use as a client: "stuns:" and TLS over UDP (DTLS) are not among them.</summary>
    public static bool TryParse(string? text, out IceServerUrl? url)
    {
        url = null;
        if (text is null || text.Length > MaxLength)
            return false;
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string scheme = colon < 0 ? "" : text[..colon].ToLowerInvariant();
        if (scheme is not ("stun" or "turn" or "turns"))
            return false;
        string rest = text[(colon + 1)..];
        TurnTransport transport = scheme == "turns" ? TurnTransport.Tls : TurnTransport.Udp;
        int query = rest.IndexOf('?', StringComparison.Ordinal);
        if (query >= 0)
        {
            string value = rest[query..].ToLowerInvariant();
            if (scheme == "stun" || value is not ("?transport=udp" or "?transport=tcp") || (scheme == "turns" && value == "?transport=udp"))
                return false;
            if (scheme == "turn" && value == "?transport=tcp")
                transport = TurnTransport.Tcp;
            rest = rest[..query];
        }

        if (!TrySplit(rest, out string host, out string? portText))
            return false;
        int port = scheme == "turns" ? DefaultTlsPort : DefaultPort;
        if (portText is not null && (!int.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535))
            return false;
        url = new IceServerUrl { IsTurn = scheme != "stun", Host = host, Port = port, Transport = transport };
        return true;
    }

    private static bool TrySplit(string text, out string host, out string? port)
    {
        port = null;
        host = text;
        if (text.StartsWith('['))
        {
            int end = text.IndexOf(']', StringComparison.Ordinal);
            if (end < 0)
                return false;
            host = text[1..end];
            string behind = text[(end + 1)..];
            if (behind.Length > 0 && behind[0] != ':')
                return false;
            port = behind.Length > 0 ? behind[1..] : null;
            return IPAddress.TryParse(host, out _);
        }

        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0)
        {
            host = text[..colon];
            port = text[(colon + 1)..];
        }

        return host.Length is > 0 and <= 253 && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
    }
}
