using System.Text.RegularExpressions;

namespace AgentGateway.Host.Configuration;

/// <summary>One entry of "Media:IceServers": a STUN or TURN server that clients are told to use.</summary>
public sealed partial class IceServerOptions
{
    private const int MaxUrls = 8;
    private const int MaxCredentialLength = 512;

    /// <summary>1 to 8 URLs of the server (RFC 7064, 7065), such as stun:stun.example:3478 or turn:turn.example:3478?transport=udp.</summary>
    public IList<string> Urls { get; } = [];

    /// <summary>The user name; for TURN only, and needed there.</summary>
    public string? Username { get; set; }

    /// <summary>The password; for TURN only, and needed there. Every client is told it.</summary>
    public string? Credential { get; set; }

    internal IEnumerable<string> Validate(string key)
    {
        if (Urls.Count is < 1 or > MaxUrls)
            yield return $"{key}:Urls must hold 1 to {MaxUrls} URLs.";
        foreach (string url in Urls.Where(u => !IsUrl(u)))
            yield return $"{key}:Urls has '{url}'; expected stun:host:port, stuns:host:port, turn:host:port?transport=udp, or turns:host:port.";
        bool isTurn = Urls.Any(IsTurn);
        if (isTurn && (string.IsNullOrEmpty(Username) || string.IsNullOrEmpty(Credential)))
            yield return $"{key} has a TURN server, which needs Username and Credential.";
        if (!isTurn && (Username is not null || Credential is not null))
            yield return $"{key} has Username or Credential, which only a TURN server uses.";
        if (!IsText(Username) || !IsText(Credential))
            yield return $"{key}: Username and Credential must be printable ASCII of at most {MaxCredentialLength} characters.";
    }

    /// <summary>Values of the Link header (RFC 9725 section 4.6), one for each URL.</summary>
    internal IEnumerable<string> ToLinks() => Urls.Select(url => IsTurn(url)
        ? $"<{url}>; rel=\"ice-server\"; username=\"{Quote(Username!)}\"; credential=\"{Quote(Credential!)}\"; credential-type=\"password\""
        : $"<{url}>; rel=\"ice-server\"");

    private static bool IsTurn(string url) => url.StartsWith("turn", StringComparison.OrdinalIgnoreCase);

    private static bool IsUrl(string url) =>
        Url().Match(url) is { Success: true } match
        && (!match.Groups["port"].Success || (ushort.TryParse(match.Groups["port"].ValueSpan, out ushort port) && port > 0))
        && (!match.Groups["query"].Success || IsTurn(url));

    // No line break can get into a header from here.
    private static bool IsText(string? text) => text is null || (text.Length <= MaxCredentialLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'));

    private static string Quote(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    [GeneratedRegex(@"^(?:stuns?|turns?):(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::(?<port>[0-9]{1,5}))?(?<query>\?transport=(?:udp|tcp))?\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Url();
}
