using System.Text;
using AgentGateway.Conversation.Agents.Documents;

namespace AgentGateway.Conversation.Agents.Loading;

/// <summary>A level-1 section of an agent file.</summary>
/// <param name="Title">The heading's text.</param>
/// <param name="HeadingLine">Line of the heading.</param>
/// <param name="Text">Everything up to the next level-1 heading.</param>
internal sealed record MarkdownSection(string Title, int HeadingLine, string Text);

/// <summary>Cuts an agent file into front matter and sections. Headings inside fenced code belong to the code.</summary>
internal static class MarkdownSections
{
    /// <summary>Whether the text begins with front matter; it is then cut off.</summary>
    /// <param name="text">The file, lines ended by \n.</param>
    /// <param name="problems">Where problems go.</param>
    /// <param name="frontMatter">The YAML between the fences; it begins on line 2.</param>
    /// <param name="body">The rest.</param>
    /// <param name="bodyLine">The line on which the rest begins.</param>
    public static bool TryCutFrontMatter(string text, ProblemList problems, out string frontMatter, out string body, out int bodyLine)
    {
        (frontMatter, body, bodyLine) = ("", "", 1);
        string[] lines = text.Split('\n');
        if (lines[0].TrimEnd() != "---")
        {
            problems.Add(new SourcePosition(1, 1), "expected front matter: a first line '---', keys with values, and a line '---'");
            return false;
        }

        int end = Array.FindIndex(lines, 1, line => line.TrimEnd() == "---");
        if (end < 0)
        {
            problems.Add(new SourcePosition(1, 1), "the front matter is not closed; expected a line '---' after it");
            return false;
        }

        frontMatter = string.Join('\n', lines[1..end]) + "\n";
        body = string.Join('\n', lines[(end + 1)..]);
        bodyLine = end + 2;
        return true;
    }

    /// <summary>The sections in the order of the file.</summary>
    public static IReadOnlyList<MarkdownSection> Cut(string body, int firstLine, ProblemList problems)
    {
        List<MarkdownSection> sections = [];
        string? title = null;
        int headingLine = 0;
        var text = new StringBuilder();
        string? fence = null;
        int line = firstLine;
        foreach (string content in body.Split('\n'))
        {
            string trimmed = content.TrimStart();
            if (fence is null && content.StartsWith("# ", StringComparison.Ordinal))
            {
                Close();
                (title, headingLine) = (content[2..].Trim(), line);
            }
            else
            {
                if (fence is not null)
                    fence = trimmed.StartsWith(fence, StringComparison.Ordinal) ? null : fence;
                else if (trimmed.StartsWith("```", StringComparison.Ordinal) || trimmed.StartsWith("~~~", StringComparison.Ordinal))
                    fence = trimmed[..3];
                if (title is null && trimmed.Length > 0)
                {
                    problems.Add(new SourcePosition(line, 1), "text before the first section; expected a heading such as '# System'");
                    title = "";
                }

                text.Append(content).Append('\n');
            }

            line++;
        }

        Close();
        return sections;

        void Close()
        {
            if (!string.IsNullOrEmpty(title))
                sections.Add(new MarkdownSection(title, headingLine, text.ToString()));
            text.Clear();
        }
    }
}
