using System.Diagnostics;
using AgentGateway.Testing;

namespace AgentGateway.Interop.Support;

/// <summary>
/// A Go program among the peers, compiled against Debian's golang packages without any download. The compiler's cache
/// is kept in the checkout's .local folder, so that only the first run takes its time.
/// </summary>
internal static class GoProgram
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(4);

    /// <summary>Compiles the program of a folder and returns the executable's path.</summary>
    internal static async Task<string> BuildAsync(string sourceFolder)
    {
        string name = Path.GetFileName(sourceFolder);
        string root = Path.Combine(TestPaths.RepositoryRoot, ".local", "go");

        // GOPATH mode: the compiler reads "/v3" in import paths rightly only for sources with a go.mod below GOPATH/src.
        string source = Path.Combine(root, "src", name);
        Directory.CreateDirectory(source);
        foreach (string file in Directory.EnumerateFiles(sourceFolder))
            File.Copy(file, Path.Combine(source, Path.GetFileName(file)), overwrite: true);

        string executable = Path.Combine(root, "bin", name);
        var start = new ProcessStartInfo("go", ["build", "-o", executable, "."])
        {
            WorkingDirectory = source,
            RedirectStandardError = true,
            Environment =
            {
                ["GO111MODULE"] = "off",
                ["GOFLAGS"] = "",
                ["GOPATH"] = $"{root}:/usr/share/gocode",
                ["GOCACHE"] = Path.Combine(root, "cache"),
            },
        };
        using Process process = Process.Start(start)!;
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Timeout);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{sourceFolder} does not compile:\n{errors}");
        return executable;
    }
}
