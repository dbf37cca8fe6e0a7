using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AgentGateway.Net;
using AgentGateway.Rtc.Turn;

namespace AgentGateway.Host.Configuration;

/// <summary>One entry of "Media:TurnServers": a TURN server that the gateway itself uses to be reached by.</summary>
public sealed class TurnServerOptions
{
    private const int MaxTextLength = 500;

    /// <summary>turn:host:port, turn:host:port?transport=tcp, or turns:host:port.</summary>
    public string Url { get; set; } = "";

    /// <summary>The user name.</summary>
    public string Username { get; set; } = "";

    /// <summary>The password.</summary>
    public string Credential { get; set; } = "";

    /// <summary>With turns: a PEM file of authorities that are trusted instead of the system's; null for those.</summary>
    public string? CaFile { get; set; }

    /// <summary>
    /// Of which family the relayed address shall be, "IPv4" or "IPv6" (RFC 8656 section 7.1), whatever the server itself is reached by; null for what it gives by
    /// itself, which is IPv4. One entry each for both needs two servers or two transports.
    /// </summary>
    public string? Family { get; set; }

    internal IEnumerable<string> Validate(string key)
    {
        if (!IceServerUrl.TryParse(Url, out IceServerUrl? url) || !url!.IsTurn)
            yield return $"{key}:Url is '{Url}'; expected turn:host:port, turn:host:port?transport=tcp, or turns:host:port.";
        if (Username.Length is 0 or > MaxTextLength || Credential.Length is 0 or > MaxTextLength)
            yield return $"{key} needs Username and Credential of at most {MaxTextLength} characters.";
        if (!Enum.TryParse(Family ?? nameof(TurnAddressFamily.Default), ignoreCase: true, out TurnAddressFamily _) || int.TryParse(Family, out _))
            yield return $"{key}:Family is '{Family}'; expected IPv4 or IPv6.";
        if (CaFile is not null && ReadAuthorities() is null)
            yield return $"{key}:CaFile '{CaFile}' cannot be read as PEM certificates.";
    }

    internal TurnServer ToServer()
    {
        if (!IceServerUrl.TryParse(Url, out IceServerUrl? url) || url is null)
            throw new InvalidOperationException("The options were not validated.");
        return new TurnServer
        {
            Host = url.Host,
            Port = url.Port,
            Transport = url.Transport,
            UserName = Username,
            Password = Credential,
            Family = Family is null ? TurnAddressFamily.Default : Enum.Parse<TurnAddressFamily>(Family, ignoreCase: true),
            TrustedRoots = ReadAuthorities() ?? [],
        };
    }

    private X509Certificate2[]? ReadAuthorities()
    {
        if (CaFile is null)
            return null;
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(CaFile);
            return certificates.Count == 0 ? null : [.. certificates];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return null;
        }
    }
}
