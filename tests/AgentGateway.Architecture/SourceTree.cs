using System.Text.RegularExpressions;
using AgentGateway.Testing;

namespace AgentGateway.Architecture;

/// <summary>The product's source files as text: what the rules below are checked against.</summary>
internal static partial class SourceTree
{
    internal static string Root { get; } = TestPaths.RepositoryRoot;

    internal static IReadOnlyList<SourceFile> Product { get; } = Read("src");

    internal static IReadOnlyList<SourceFile> Tests { get; } = Read("tests");

    private static List<SourceFile> Read(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/obj/") && !path.Contains("/bin/") && !path.Contains("/node_modules/"))
            .Order(StringComparer.Ordinal)
            .Select(path => new SourceFile(path, File.ReadAllLines(Path.Combine(Root, path))))
            .ToList();

    internal sealed record SourceFile(string Path, string[] Lines)
    {
        /// <summary>Namespaces named by using directives.</summary>
        internal IEnumerable<string> Usings => Lines.Select(l => UsingDirective().Match(l)).Where(m => m.Success).Select(m => m.Groups[1].Value);
    }

    [GeneratedRegex(@"^using (?:static )?(?:\w+ = )?(AgentGateway[\w.]*)")]
    private static partial Regex UsingDirective();
}
