namespace AgentGateway.Host.Configuration;

/// <summary>Configuration section "Cors": which pages may call from a browser.</summary>
public sealed class CrossOriginOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Cors";

    /// <summary>Origins such as https://app.example; empty allows every page, which suits an API without cookies.</summary>
    public IList<string> Origins { get; } = [];

    internal IEnumerable<string> Validate() => Origins
        .Where(o => !Uri.TryCreate(o, UriKind.Absolute, out Uri? uri) || uri.GetLeftPart(UriPartial.Authority) != o)
        .Select(o => $"{Section}:Origins has '{o}'; expected an origin such as https://app.example.");
}
