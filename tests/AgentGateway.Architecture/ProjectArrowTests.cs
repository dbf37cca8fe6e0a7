using System.Xml.Linq;

namespace AgentGateway.Architecture;

public sealed class ProjectArrowTests
{
    // Host -> Calls -> Net -> Rtc; Calls -> Conversation -> Audio; Host -> Providers -> Conversation. Nothing points upward.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Primitives"] = [],
        ["Rtc"] = ["Primitives"],
        ["Audio"] = ["Primitives"],
        ["Conversation"] = ["Audio", "Primitives"],
        ["Net"] = ["Rtc", "Primitives"],
        ["Providers"] = ["Conversation", "Audio", "Primitives"],
        ["Calls"] = ["Net", "Audio", "Conversation", "Rtc", "Primitives"],
        ["Host"] = ["Calls", "Net", "Providers", "Conversation", "Audio", "Rtc", "Primitives"],
    };

    [Fact]
    public void Every_project_references_only_what_lies_below_it()
    {
        string[] projects = Directory.GetFiles(Path.Combine(SourceTree.Root, "src"), "*.csproj", SearchOption.AllDirectories);
        Assert.Equal(Allowed.Count, projects.Length);
        foreach (string project in projects)
        {
            string name = Short(Path.GetFileNameWithoutExtension(project));
            IEnumerable<string> references = XDocument.Load(project).Descendants("ProjectReference")
                .Select(r => Short(Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value)));
            Assert.All(references, r => Assert.Contains(r, Allowed[name]));
        }
    }

    [Fact]
    public void No_file_uses_a_namespace_from_above_its_project()
    {
        foreach (SourceTree.SourceFile file in SourceTree.Product)
        {
            string project = Short(file.Path.Split('/')[1]);
            foreach (string used in file.Usings.Select(u => Short(u).Split('.')[0]).Where(u => u != project))
                Assert.True(Allowed[project].Contains(used), $"{file.Path} uses AgentGateway.{used}");
        }
    }

    private static string Short(string name) => name["AgentGateway.".Length..];
}
