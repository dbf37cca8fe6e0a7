using System.Security.Cryptography;
using AgentGateway.Testing;

namespace AgentGateway.Properties.Fuzz;

/// <summary>The committed inputs of a target: <c>Corpora/NAME/*</c>, one input a file.</summary>
internal static class Corpus
{
    private static string Root => Path.Combine(TestPaths.RepositoryRoot, "tests", "AgentGateway.Properties", "Corpora");

    public static IReadOnlyList<(string File, byte[] Input)> Load(FuzzTarget target)
    {
        string folder = Path.Combine(Root, target.Name);
        return !Directory.Exists(folder)
            ? []
            : [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(f => (Path.GetFileName(f), File.ReadAllBytes(f)))];
    }

    /// <summary>Keeps an input under a name that says what it is by its content.</summary>
    public static string Save(FuzzTarget target, string prefix, ReadOnlySpan<byte> input)
    {
        string folder = Path.Combine(Root, target.Name);
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, $"{prefix}{Convert.ToHexStringLower(SHA256.HashData(input))[..16]}{(target.IsText ? ".txt" : ".bin")}");
        File.WriteAllBytes(file, input);
        return file;
    }
}
