using AgentGateway.Conversation.Log;

namespace AgentGateway.Host.Configuration;

/// <summary>Configuration section "CallLog": whether calls are written down so that they can be replayed.</summary>
public sealed class CallLogSettings
{
    /// <summary>The section's name.</summary>
    public const string Section = "CallLog";

    private const long Megabyte = 1 << 20;

    /// <summary>Whether calls are logged. Off by default: a log holds the words of both sides.</summary>
    public bool Enabled { get; set; }

    /// <summary>The folder; relative to the working directory.</summary>
    public string Path { get; set; } = "call-logs";

    /// <summary>Most megabytes of one call's log, 1..1024. An hour takes about three.</summary>
    public int MaxFileMegabytes { get; set; } = 32;

    /// <summary>Most megabytes of the folder, 1..1000000: the oldest logs make room.</summary>
    public int MaxFolderMegabytes { get; set; } = 1024;

    internal IEnumerable<string> Validate()
    {
        if (Enabled && string.IsNullOrWhiteSpace(Path))
            yield return $"{Section}:Path is empty; expected a folder.";
        if (MaxFileMegabytes is < 1 or > 1024)
            yield return $"{Section}:MaxFileMegabytes is {MaxFileMegabytes}; expected 1..1024.";
        if (MaxFolderMegabytes is < 1 or > 1_000_000)
            yield return $"{Section}:MaxFolderMegabytes is {MaxFolderMegabytes}; expected 1..1000000.";
    }

    internal CallLogOptions ToOptions() => new()
    {
        Folder = System.IO.Path.GetFullPath(Path),
        MaxFileBytes = MaxFileMegabytes * Megabyte,
        MaxFolderBytes = MaxFolderMegabytes * Megabyte,
    };
}
