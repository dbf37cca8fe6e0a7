namespace AgentGateway.Conversation.Agents;

/// <summary>Where agents come from.</summary>
public sealed record AgentCatalogOptions
{
    /// <summary>The prompts folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Whether changes are watched for.</summary>
    public bool Watch { get; init; } = true;

    /// <summary>How long the folder must be quiet before it is read again: editors save in several steps.</summary>
    public TimeSpan Debounce { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often the folder is read anyway: network folders and mounted volumes report no changes.</summary>
    public TimeSpan Rescan { get; init; } = TimeSpan.FromSeconds(15);
}
