namespace AgentGateway.Conversation.Tools;

/// <summary>Bounds of the tool loop.</summary>
public sealed record ToolLoopOptions
{
    /// <summary>How often the model may ask for tools within one reply, 1..32; afterwards it must answer without tools.</summary>
    public int MaxRounds { get; init; } = 6;

    /// <summary>How many tools the model may call at once, 1..64; the others get an error result.</summary>
    public int MaxParallelCalls { get; init; } = 8;

    /// <summary>Most bytes of a call's arguments as UTF-8 JSON.</summary>
    public int MaxArgumentBytes { get; init; } = 8 * 1024;

    /// <summary>Most bytes of a result as UTF-8 JSON.</summary>
    public int MaxResultBytes { get; init; } = 16 * 1024;

    /// <summary>Time limit of tools that state none.</summary>
    public TimeSpan DefaultTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
