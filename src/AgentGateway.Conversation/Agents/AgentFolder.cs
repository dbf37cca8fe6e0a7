namespace AgentGateway.Conversation.Agents;

/// <summary>Reads the files of a prompts folder from disk.</summary>
public static class AgentFolder
{
    private const int MaxFiles = 5000;

    /// <summary>
    /// The files that can belong to an agent: *.md, *.json and *.yaml in the folder's subfolders. Files that vanish while they are read are left
    /// out; files that are too large come without content.
    /// </summary>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public static IReadOnlyList<AgentSourceFile> Read(string folder)
    {
        string root = Path.GetFullPath(folder);
        if (!Directory.Exists(root))
            throw new DirectoryNotFoundException($"There is no folder of agents at '{root}'.");
        List<AgentSourceFile> files = [];
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4, AttributesToSkip = FileAttributes.System };
        foreach (string path in Directory.EnumerateFiles(root, "*", options).Where(IsIngredient).Take(MaxFiles))
        {
            try
            {
                // Opened before it is measured: the length of a link's file is that of the link.
                using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                long size = stream.Length;
                byte[] content = [];
                if (size <= AgentLoader.MaxFileBytes)
                {
                    content = new byte[size];
                    int read = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
                    content = read == content.Length ? content : content[..read];
                }

                files.Add(new AgentSourceFile(Path.GetRelativePath(root, path).Replace('\\', '/'), size, content));
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                // Deleted between listing and opening: the watcher reports that too, and the folder is read again.
            }
        }

        return files;
    }

    private static bool IsIngredient(string path)
    {
        string name = Path.GetFileName(path);
        return !name.StartsWith('.') && !name.EndsWith('~') && Path.GetExtension(name) is ".md" or ".json" or ".yaml";
    }
}
