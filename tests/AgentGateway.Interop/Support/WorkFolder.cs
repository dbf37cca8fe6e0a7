namespace AgentGateway.Interop.Support;

/// <summary>A folder for one test's files, deleted afterwards.</summary>
internal sealed class WorkFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("agentgateway-interop-");

    internal string this[string name] => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
