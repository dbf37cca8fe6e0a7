using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using AgentGateway.Conversation.Agents.Documents;

namespace AgentGateway.Conversation.Agents.Loading;

/// <summary>Builds one agent from the files of its folder.</summary>
internal sealed partial class AgentAssembly(string name, IReadOnlyList<AgentSourceFile> files, PartialSet partials)
{
    private const int MaxTools = 32;
    private const int MaxGreeting = 600;
    private static readonly string[] SectionNames = ["System", "Greeting", "Script"];

    private readonly List<AgentProblem> _problems = [];
    private readonly List<AgentSourceFile> _ingredients = [];

    public IReadOnlyList<AgentProblem> Problems => _problems;

    /// <summary>The agent, or null when it has problems.</summary>
    public AgentDefinition? Build()
    {
        AgentSourceFile? main = files.FirstOrDefault(file => file.Path == $"{name}/{AgentLoader.MainFile}");
        var problems = new ProblemList($"{name}/{AgentLoader.MainFile}");
        if (!AgentName().IsMatch(name))
            problems.Add(new SourcePosition(1, 1), $"the folder's name '{name}' is the agent's id; expected lower-case letters, digits and hyphens, at most 64");
        IReadOnlyList<ToolDefinition> tools = ReadTools();
        AgentDefinition? agent = null;
        if (main is null)
            problems.Add(new SourcePosition(1, 1), $"the folder has no {AgentLoader.MainFile}");
        else if (SourceText.Read(main, problems) is { } text)
            agent = ReadMain(text, problems, tools);
        if (main is not null)
            _ingredients.Add(main);
        _problems.AddRange(problems.Problems);
        return _problems.Count > 0 || agent is null ? null : agent with { Name = name, Version = Hash(), Tools = tools };
    }

    private AgentDefinition? ReadMain(string text, ProblemList problems, IReadOnlyList<ToolDefinition> tools)
    {
        if (!MarkdownSections.TryCutFrontMatter(text, problems, out string frontMatter, out string body, out int bodyLine))
            return null;
        int before = problems.Count;
        DocumentNode? node = YamlReader.Read(frontMatter, 1, problems);
        AgentDefinition? agent = null;
        if (node is not null)
            FrontMatterShape.Instance.TryBind(node, problems, out agent);
        else if (problems.Count == before)
            problems.Add(new SourcePosition(2, 1), "the front matter is empty; expected at least 'display_name: …'");
        if (agent is not null)
        {
            CheckTurn(agent.Turn, (MappingNode)node!, problems);
            CheckLlm(agent.Llm, (MappingNode)node!, problems);
        }

        Dictionary<string, MarkdownSection> sections = ReadSections(body, bodyLine, problems);
        agent ??= new AgentDefinition { Name = name, DisplayName = name, Version = "" };
        if (agent.Mode != AgentMode.Conversation)
        {
            foreach (MarkdownSection section in sections.Values)
                problems.Add(new SourcePosition(section.HeadingLine, 1), "an echo agent says nothing; expected no sections");
            return agent;
        }

        agent = agent with { SystemPrompt = ReadSystem(sections, problems), Greeting = ReadGreeting(sections, problems) };
        if (sections.TryGetValue("Script", out MarkdownSection? script))
            agent = agent with { Script = ReadScript(script, tools, problems) };
        else if (agent.Llm.Provider == "script")
            problems.Add(new SourcePosition(1, 1), "llm.provider is script, but there is no section '# Script'");
        if (!sections.ContainsKey("System") && !sections.ContainsKey("Script"))
            problems.Add(new SourcePosition(bodyLine, 1), "the agent has nothing to say; expected a section '# System' or '# Script'");
        return agent;
    }

    private static void CheckTurn(TurnOptions turn, MappingNode frontMatter, ProblemList problems)
    {
        if (frontMatter.Find("turn") is not MappingNode node)
            return;
        if (turn.MinDelay > turn.MaxDelay)
            problems.Add((node.Find("min_ms") ?? node).Position, "turn.min_ms is above turn.max_ms");
        if (turn.ReleaseThreshold > turn.ActivationThreshold)
            problems.Add((node.Find("release") ?? node).Position, "turn.release is above turn.activation");
    }

    private static void CheckLlm(LlmOptions llm, MappingNode frontMatter, ProblemList problems)
    {
        if (frontMatter.Find("llm") is not MappingNode node)
            return;
        if (llm.Provider == "script" && llm.Fallbacks.Count > 0)
            problems.Add((node.Find("fallbacks") ?? node).Position, "llm.provider is script, which never fails; expected no fallbacks");
        if (llm.HedgePercent > 0 && llm.Fallbacks.Count == 0)
            problems.Add((node.Find("hedge_percent") ?? node).Position, "llm.hedge_percent asks a second model, but llm.fallbacks names none");
    }

    private static Dictionary<string, MarkdownSection> ReadSections(string body, int bodyLine, ProblemList problems)
    {
        Dictionary<string, MarkdownSection> sections = new(StringComparer.Ordinal);
        foreach (MarkdownSection section in MarkdownSections.Cut(body, bodyLine, problems))
        {
            var at = new SourcePosition(section.HeadingLine, 1);
            if (!SectionNames.Contains(section.Title, StringComparer.Ordinal))
                problems.Add(at, $"unknown section '# {section.Title}'; expected # System, # Greeting or # Script{Suggestion.For(section.Title, SectionNames)}");
            else if (!sections.TryAdd(section.Title, section))
                problems.Add(at, $"the section '# {section.Title}' stands here twice; expected once");
        }

        return sections;
    }

    private string ReadSystem(Dictionary<string, MarkdownSection> sections, ProblemList problems)
    {
        if (!sections.TryGetValue("System", out MarkdownSection? section))
            return "";
        var template = new PromptTemplate(partials);
        string prompt = template.Expand(section.Text, section.HeadingLine + 1, problems, _problems);
        _ingredients.AddRange(template.Used);
        if (prompt.Length == 0)
            problems.Add(new SourcePosition(section.HeadingLine, 1), "the section '# System' is empty");
        return prompt;
    }

    private static string? ReadGreeting(Dictionary<string, MarkdownSection> sections, ProblemList problems)
    {
        if (!sections.TryGetValue("Greeting", out MarkdownSection? section))
            return null;
        string greeting = Whitespace().Replace(section.Text, " ").Trim();
        if (greeting.Length is 0 or > MaxGreeting)
            problems.Add(new SourcePosition(section.HeadingLine, 1), $"expected a greeting of 1 to {MaxGreeting} characters, found {greeting.Length}; leave the section out when the caller is to begin");
        if (greeting.Contains("{{", StringComparison.Ordinal))
            problems.Add(new SourcePosition(section.HeadingLine, 1), "a greeting has no placeholders");
        return greeting;
    }

    private ScriptDefinition? ReadScript(MarkdownSection section, IReadOnlyList<ToolDefinition> tools, ProblemList problems)
    {
        string[] lines = section.Text.Split('\n');
        int open = Array.FindIndex(lines, line => line.TrimEnd() is "```yaml" or "```yml");
        int close = open < 0 ? -1 : Array.FindIndex(lines, open + 1, line => line.TrimEnd() == "```");
        if (close < 0)
        {
            problems.Add(new SourcePosition(section.HeadingLine, 1), "expected the script as YAML between a line '```yaml' and a line '```'");
            return null;
        }

        int firstLine = section.HeadingLine + 1 + open + 1;
        DocumentNode? node = YamlReader.Read(string.Join('\n', lines[(open + 1)..close]) + "\n", firstLine - 1, problems);
        if (node is null || !ScriptShape.Instance.TryBind(node, problems, out ScriptDefinition? script))
        {
            if (node is null && problems.Count == 0)
                problems.Add(new SourcePosition(firstLine, 1), "the script is empty; expected at least 'intents' and 'fallback'");
            return null;
        }

        if (problems.Count == 0 && _problems.Count == 0)
            ScriptChecks.Check(script, (MappingNode)node, tools, problems);
        return script;
    }

    private List<ToolDefinition> ReadTools()
    {
        List<ToolDefinition> tools = [];
        List<AgentSourceFile> sources = [.. files.Where(file => file.Path.StartsWith($"{name}/tools/", StringComparison.Ordinal) && file.Path.EndsWith(".json", StringComparison.Ordinal))];
        foreach (AgentSourceFile file in sources)
        {
            _ingredients.Add(file);
            var problems = new ProblemList(file.Path);
            if (SourceText.Read(file, problems) is { } text && ToolReader.Read(text, problems) is { } tool)
            {
                if (tools.Any(other => other.Name == tool.Name))
                    problems.Add(new SourcePosition(1, 1), $"another file has a tool '{tool.Name}' already");
                else
                    tools.Add(tool);
            }

            if (tools.Count > MaxTools)
                problems.Add(new SourcePosition(1, 1), $"more than {MaxTools} tools");
            _problems.AddRange(problems.Problems);
        }

        return tools;
    }

    private string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (AgentSourceFile file in _ingredients.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Path}\0{file.Size}\0"));
            hash.AppendData(file.Content.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 6));
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,63}$")]
    private static partial Regex AgentName();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();
}
