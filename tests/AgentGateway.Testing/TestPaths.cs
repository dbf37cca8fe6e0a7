namespace AgentGateway.Testing;

/// <summary>Where tests find the repository and the material shared beside it.</summary>
public static class TestPaths
{
    /// <summary>Names another directory than the one beside the repository.</summary>
    public const string SharedVariable = "AGENTGATEWAY_SHARED";

    private static readonly Lazy<string> Root = new(FindRoot);

    /// <summary>The directory that holds AgentGateway.sln.</summary>
    public static string RepositoryRoot => Root.Value;

    /// <summary>Recordings, models and samples; may be missing: see <see cref="HasShared"/>.</summary>
    public static string Shared =>
        Environment.GetEnvironmentVariable(SharedVariable) is { Length: > 0 } configured
            ? configured
            : Path.GetFullPath(Path.Combine(RepositoryRoot, "..", "shared"));

    /// <summary>Whether <see cref="Shared"/> exists on this machine.</summary>
    public static bool HasShared => Directory.Exists(Shared);

    private static string FindRoot()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "AgentGateway.sln")))
                return directory.FullName;
        }

        throw new DirectoryNotFoundException($"No AgentGateway.sln above {AppContext.BaseDirectory}: tests run from inside the repository.");
    }
}
