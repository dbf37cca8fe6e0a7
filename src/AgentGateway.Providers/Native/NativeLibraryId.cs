namespace AgentGateway.Providers.Native;

/// <summary>A native library that this assembly can call.</summary>
public sealed record NativeLibraryId
{
    internal NativeLibraryId(string importName, string fileName, string purpose, string install, params string[] packageFolders)
    {
        ImportName = importName;
        FileName = fileName;
        Purpose = purpose;
        Install = install;
        PackageFolders = packageFolders;
    }

    /// <summary>The name the P/Invoke declarations use.</summary>
    public string ImportName { get; }

    /// <summary>The file's name on disk, such as "libflite.so.1".</summary>
    public string FileName { get; }

    /// <summary>What it is for, as a noun phrase for messages.</summary>
    public string Purpose { get; }

    /// <summary>What an operator does to get it.</summary>
    public string Install { get; }

    /// <summary>Folders below node_modules that may hold it; empty for system libraries.</summary>
    public IReadOnlyList<string> PackageFolders { get; }
}
