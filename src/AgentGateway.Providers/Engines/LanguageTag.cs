namespace AgentGateway.Providers.Engines;

/// <summary>Compares BCP 47 tags by their language.</summary>
internal static class LanguageTag
{
    /// <summary>The primary subtag in lower case: "en" of "en-GB".</summary>
    public static string Primary(string tag)
    {
        int end = tag.AsSpan().IndexOfAny('-', '_');
        return (end < 0 ? tag : tag[..end]).ToLowerInvariant();
    }

    /// <summary>Whether both name the same language, whatever the region.</summary>
    public static bool IsSame(string a, string b) => string.Equals(Primary(a), Primary(b), StringComparison.Ordinal);
}
