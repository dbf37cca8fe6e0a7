using System.Text;
using System.Text.RegularExpressions;
using AgentGateway.Conversation.Agents.Documents;

namespace AgentGateway.Conversation.Agents.Loading;

/// <summary>
/// Expands the system prompt: <c>{{> name}}</c> is replaced by _shared/name.md. <c>{{now}}</c> stays for the start of a call. Nothing else is
/// a placeholder, so nothing a caller says can be put into a prompt.
/// </summary>
internal sealed partial class PromptTemplate(PartialSet partials)
{
    private readonly List<AgentSourceFile> _used = [];

    /// <summary>The partials that were included.</summary>
    public IReadOnlyList<AgentSourceFile> Used => _used;

    /// <summary>The expanded text.</summary>
    /// <param name="text">The section.</param>
    /// <param name="firstLine">Its first line in its file.</param>
    /// <param name="problems">Problems of the file.</param>
    /// <param name="foreign">Receives the problems of partials.</param>
    public string Expand(string text, int firstLine, ProblemList problems, List<AgentProblem> foreign)
    {
        var expanded = new StringBuilder();
        int line = firstLine;
        foreach (string content in text.Split('\n'))
        {
            int at = 0;
            foreach (Match match in Placeholder().Matches(content))
            {
                expanded.Append(content, at, match.Index - at);
                expanded.Append(Resolve(match.Groups[1].Value.Trim(), new SourcePosition(line, match.Index + 1), problems, foreign, nested: false) ?? match.Value);
                at = match.Index + match.Length;
            }

            expanded.Append(content, at, content.Length - at).Append('\n');
            line++;
        }

        return expanded.ToString().Trim();
    }

    private string? Resolve(string expression, SourcePosition position, ProblemList problems, List<AgentProblem> foreign, bool nested)
    {
        if (expression == "now")
            return null;
        if (!expression.StartsWith('>'))
        {
            problems.Add(position, $"unknown placeholder '{{{{{expression}}}}}'; expected {{{{now}}}} or {{{{> partial}}}}");
            return null;
        }

        string name = expression[1..].Trim();
        if (nested)
            problems.Add(position, "a partial can not include another one");
        else if (!PartialName().IsMatch(name))
            problems.Add(position, $"'{name}' is no name of a partial; expected the name of a file in {AgentLoader.SharedFolder}/ without .md");
        else if (partials.Find(name) is not { } file)
            problems.Add(position, $"there is no partial {AgentLoader.SharedFolder}/{name}.md{Suggestion.For(name, partials.Names)}");
        else
            return Include(file, foreign);
        return null;
    }

    private string Include(AgentSourceFile file, List<AgentProblem> foreign)
    {
        if (!_used.Contains(file))
            _used.Add(file);
        var problems = new ProblemList(file.Path);
        string text = SourceText.Read(file, problems) ?? "";
        int line = 1;
        foreach (string content in text.Split('\n'))
        {
            foreach (Match match in Placeholder().Matches(content))
                Resolve(match.Groups[1].Value.Trim(), new SourcePosition(line, match.Index + 1), problems, foreign, nested: true);
            line++;
        }

        foreign.AddRange(problems.Problems);
        return text.Trim();
    }

    [GeneratedRegex(@"\{\{(.*?)\}\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,63}$")]
    private static partial Regex PartialName();
}
