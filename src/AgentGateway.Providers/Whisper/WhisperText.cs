using System.Text.RegularExpressions;

namespace AgentGateway.Providers.Whisper;

/// <summary>Takes out what Whisper writes for sounds that are no words: [BLANK_AUDIO], (music), *laughs*.</summary>
internal static partial class WhisperText
{
    public static string Clean(string text) => Spaces().Replace(Sounds().Replace(text, " "), " ").Trim();

    [GeneratedRegex(@"\[[^\]]{0,60}\]|\([^)]{0,60}\)|\*[^*]{0,60}\*|\u266a", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Sounds();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Spaces();
}
