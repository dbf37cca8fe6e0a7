namespace AgentGateway.Conversation.Log;

/// <summary>Where the logs of calls go, and how much of them is kept.</summary>
public sealed record CallLogOptions
{
    /// <summary>The folder; made when it is not there, for its owner only.</summary>
    public required string Folder { get; init; }

    /// <summary>Most bytes of one log; what follows is not logged. At least 64 KB.</summary>
    public long MaxFileBytes { get; init; } = 32 << 20;

    /// <summary>Most bytes of all logs in the folder: the oldest are deleted when a call begins.</summary>
    public long MaxFolderBytes { get; init; } = 1L << 30;

    /// <summary>How long entries wait before they are written together.</summary>
    public TimeSpan WriteInterval { get; init; } = TimeSpan.FromMilliseconds(250);
}
