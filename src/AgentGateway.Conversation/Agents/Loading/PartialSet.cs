using AgentGateway.Conversation.Agents.Documents;

namespace AgentGateway.Conversation.Agents.Loading;

/// <summary>The partials of _shared, by name.</summary>
internal sealed class PartialSet(IEnumerable<AgentSourceFile> files)
{
    private readonly Dictionary<string, AgentSourceFile> _files = files
        .Where(file => file.Path.EndsWith(".md", StringComparison.Ordinal) && file.Path.Count(c => c == '/') == 1)
        .ToDictionary(file => file.Path[(AgentLoader.SharedFolder.Length + 1)..^3], StringComparer.Ordinal);

    public IEnumerable<string> Names => _files.Keys;

    public AgentSourceFile? Find(string name) => _files.GetValueOrDefault(name);
}

/// <summary>Bytes to text.</summary>
internal static class SourceText
{
    private static readonly System.Text.UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The file's text with \n line ends and without byte order mark; null when it is too large or not UTF-8.</summary>
    public static string? Read(AgentSourceFile file, ProblemList problems)
    {
        if (file.Size > AgentLoader.MaxFileBytes)
        {
            problems.Add(new SourcePosition(1, 1), $"the file has {file.Size} bytes; expected at most {AgentLoader.MaxFileBytes}");
            return null;
        }

        try
        {
            string text = Strict.GetString(file.Content.Span).Replace("\r\n", "\n", StringComparison.Ordinal);
            text = text.StartsWith('\uFEFF') ? text[1..] : text;
            int control = text.AsSpan().IndexOfAnyInRange('\0', '\b');
            if (control < 0)
                return text;
            ReadOnlySpan<char> before = text.AsSpan(0, control);
            problems.Add(
                new SourcePosition(before.Count('\n') + 1, control - before.LastIndexOf('\n')),
                $"the control character U+{(int)text[control]:X4} is not allowed");
            return null;
        }
        catch (System.Text.DecoderFallbackException)
        {
            problems.Add(new SourcePosition(1, 1), "the file is not valid UTF-8 text");
            return null;
        }
    }
}
