using AgentGateway.Primitives;

namespace AgentGateway.Conversation.Log.Replay;

/// <summary>What a replay found.</summary>
public sealed record ReplayReport
{
    /// <summary>Facts that were told.</summary>
    public required long Facts { get; init; }

    /// <summary>Times at which time alone moved the engine.</summary>
    public required long Timeouts { get; init; }

    /// <summary>Decisions compared.</summary>
    public required long Commands { get; init; }

    /// <summary>Media time of the last entry.</summary>
    public required TimeSpan Length { get; init; }

    /// <summary>How the log ends.</summary>
    public required CallLogEnd End { get; init; }

    /// <summary>The first decision that differs; null when all are the same.</summary>
    public ReplayDivergence? Divergence { get; init; }

    /// <summary>What else the reader should know.</summary>
    public required IReadOnlyList<string> Remarks { get; init; }

    /// <summary>Whether the whole call was replayed with the same decisions.</summary>
    public bool IsSame => Divergence is null && End is CallLogEnd.Complete or CallLogEnd.SizeLimit;
}

/// <summary>A decision that differs.</summary>
/// <param name="At">Media time of what led to it.</param>
/// <param name="Entry">Number of that entry in the log, from 1.</param>
/// <param name="Cause">The fact or timer.</param>
/// <param name="Recorded">What the call decided; null for nothing.</param>
/// <param name="Replayed">What the replay decided; null for nothing.</param>
public sealed record ReplayDivergence(Instant At, long Entry, string Cause, string? Recorded, string? Replayed);
