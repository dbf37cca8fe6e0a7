using System.Globalization;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Agents.Documents;
using AgentGateway.Conversation.Tests.Agents;
using AgentGateway.Testing;

namespace AgentGateway.Conversation.Tests.Script;

/// <summary>The evals beside the prompts, played against the script: what they promise of the words and the tools.</summary>
public sealed class EvalTests
{
    public static TheoryData<string> Files() =>
        [.. Directory.EnumerateFiles(Path.Combine(TestPaths.RepositoryRoot, "prompts"), "*.yaml", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Path.Combine(TestPaths.RepositoryRoot, "prompts"), path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_script_keeps_the_eval(string file)
    {
        var problems = new ProblemList(file);
        var eval = (MappingNode)YamlReader.Read(File.ReadAllText(Path.Combine(TestPaths.RepositoryRoot, "prompts", file)), 0, problems)!;
        Assert.Empty(problems.Problems);
        AgentDefinition agent = AgentFiles.Repository().Agents[file.Split('/')[0]];
        using var dialogue = new Dialogue(agent, DateTime.Parse(Text(eval, "now")!, CultureInfo.InvariantCulture));
        foreach (MappingNode turn in ((SequenceNode)eval.Find("turns")!).Items.Cast<MappingNode>())
        {
            string user = Text(turn, "user")!;
            string answer = await dialogue.SayAsync(user);
            var expect = (MappingNode)turn.Find("expect")!;
            string where = $"{file}: '{user}' was answered '{answer}' [{dialogue.Recorder}]";
            foreach (string words in (expect.Find("says") as SequenceNode)?.Items.Cast<ScalarNode>().Select(node => node.Value) ?? [])
                Assert.True(answer.Contains(words, StringComparison.OrdinalIgnoreCase), $"expected '{words}'; {where}");
            MappingNode[] calls = [.. ((expect.Find("calls") as SequenceNode)?.Items ?? []).Cast<MappingNode>()];
            Assert.True(calls.Length == dialogue.Recorder.Started.Count, $"expected {calls.Length} calls; {where}");
            for (int i = 0; i < calls.Length; i++)
            {
                Assert.Equal(Text(calls[i], "tool"), dialogue.Recorder.Started[i].Name);
                foreach (MappingEntry argument in (calls[i].Find("arguments") as MappingNode)?.Entries ?? [])
                    Assert.True(((ScalarNode)argument.Value).Value == dialogue.Recorder.Started[i].Arguments.GetProperty(argument.Key).ToString(), $"{argument.Key}; {where}");
            }
        }
    }

    private static string? Text(MappingNode node, string key) => (node.Find(key) as ScalarNode)?.Value;
}
