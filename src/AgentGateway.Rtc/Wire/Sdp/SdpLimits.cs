namespace AgentGateway.Rtc.Wire.Sdp;

/// <summary>Bounds on a session description that came from outside.</summary>
public sealed record SdpLimits
{
    /// <summary>The defaults: far above any browser's, far below what hurts.</summary>
    public static SdpLimits Default { get; } = new();

    /// <summary>Characters.</summary>
    public int MaxLength { get; init; } = 64 * 1024;

    /// <summary>Lines.</summary>
    public int MaxLines { get; init; } = 4096;

    /// <summary>Media sections.</summary>
    public int MaxMediaSections { get; init; } = 64;

    /// <summary>Attributes in one media section, or at session level.</summary>
    public int MaxAttributesPerSection { get; init; } = 1024;

    /// <summary>Candidate lines in one media section.</summary>
    public int MaxCandidatesPerSection { get; init; } = 128;
}
