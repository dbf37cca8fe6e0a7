using System.Globalization;
using System.Text.RegularExpressions;

namespace AgentGateway.Architecture;

public sealed partial class CodeRuleTests
{
    private const int MaxLines = 800;

    private static readonly string[] UnsafeFolders =
    [
        "src/AgentGateway.Rtc/Dtls/Interop/",
        "src/AgentGateway.Audio/Opus/Interop/",
        "src/AgentGateway.Audio/Resampling/Interop/",
        "src/AgentGateway.Net/Interop/",
        "src/AgentGateway.Net/Udp/",
        "src/AgentGateway.Net/MediaShard.cs",
        "src/AgentGateway.Providers/",
    ];

    private static readonly Dictionary<string, int> EventIdRanges = new()
    {
        ["Rtc"] = 1000, ["Audio"] = 3000, ["Net"] = 4000, ["Conversation"] = 5000, ["Providers"] = 6000, ["Calls"] = 7000, ["Host"] = 8000,
    };

    [Fact]
    public void No_file_is_longer_than_the_limit()
    {
        foreach (SourceTree.SourceFile file in SourceTree.Product.Concat(SourceTree.Tests))
            Assert.True(file.Lines.Length <= MaxLines, $"{file.Path} has {file.Lines.Length} lines; is there a second idea inside?");
    }

    [Fact]
    public void Log_event_ids_are_unique_and_in_their_projects_range()
    {
        var seen = new Dictionary<int, string>();
        foreach (SourceTree.SourceFile file in SourceTree.Product)
        {
            foreach (Match match in file.Lines.Select(l => LoggerMessage().Match(l)).Where(m => m.Success))
            {
                int id = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
                string project = file.Path.Split('/')[1]["AgentGateway.".Length..];
                Assert.True(seen.TryAdd(id, file.Path), $"event id {id} stands in {file.Path} and {seen.GetValueOrDefault(id)}");
                Assert.InRange(id, EventIdRanges[project], EventIdRanges[project] + 999);
            }
        }

        Assert.NotEmpty(seen);
    }

    [Fact]
    public void Unsafe_code_stays_in_its_folders()
    {
        foreach (SourceTree.SourceFile file in SourceTree.Product.Where(f => !UnsafeFolders.Any(u => f.Path.StartsWith(u))))
            Assert.DoesNotContain(file.Lines, l => UnsafeKeyword().IsMatch(l));
    }

    [Fact]
    public void Every_engine_folder_explains_its_design()
    {
        string[] folders =
        [
            "AgentGateway.Rtc", "AgentGateway.Rtc/Ice", "AgentGateway.Rtc/Dtls", "AgentGateway.Rtc/Srtp", "AgentGateway.Rtc/Sctp",
            "AgentGateway.Rtc/Peer", "AgentGateway.Audio", "AgentGateway.Conversation/TurnTaking", "AgentGateway.Conversation/Session",
            "AgentGateway.Net", "AgentGateway.Calls", "AgentGateway.Providers/Engines", "AgentGateway.Host",
        ];
        Assert.All(folders, f => Assert.True(File.Exists(Path.Combine(SourceTree.Root, "src", f, "DESIGN.md")), $"src/{f}/DESIGN.md is missing"));
    }

    [Fact]
    public void Vendor_types_stay_out_of_the_conversation()
    {
        foreach (SourceTree.SourceFile file in SourceTree.Product.Where(f => f.Path.StartsWith("src/AgentGateway.Conversation/")))
            Assert.DoesNotContain(file.Lines, l => l.StartsWith("using OpenAI", StringComparison.Ordinal) || l.StartsWith("using Anthropic", StringComparison.Ordinal));
    }

    [Fact]
    public void Nobody_waits_by_sleeping_or_forgets_a_task()
    {
        foreach (SourceTree.SourceFile file in SourceTree.Product)
            Assert.DoesNotContain(file.Lines, l => AsyncVoid().IsMatch(l));
    }

    [Fact]
    public void The_readme_shows_the_sample_that_is_compiled()
    {
        string readme = File.ReadAllText(Path.Combine(SourceTree.Root, "README.md"));
        string sample = File.ReadAllText(Path.Combine(SourceTree.Root, "samples", "MinimalAgent", "Program.cs")).Trim();
        Assert.Contains(sample, readme, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\[LoggerMessage\((?:EventId = )?(\d+)")]
    private static partial Regex LoggerMessage();

    [GeneratedRegex(@"^\s*(?!//).*\bunsafe\b(?! \w+ing)")]
    private static partial Regex UnsafeKeyword();

    [GeneratedRegex(@"\basync void\b")]
    private static partial Regex AsyncVoid();
}
