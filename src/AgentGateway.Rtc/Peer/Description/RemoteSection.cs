using AgentGateway.Rtc.Wire.Sdp;

namespace AgentGateway.Rtc.Peer.Description;

/// <summary>One media section of the far end: what is used of it, and what it takes to answer it and to compare later descriptions with it.</summary>
internal sealed record RemoteSection(string Kind, string? Mid, string Protocol, IReadOnlyList<string> Formats, bool IsOffered, int Line)
{
    /// <summary>The audio when the section is in use and audio.</summary>
    public RemoteAudio? Audio { get; init; }

    /// <summary>The data channels when the section is in use and has them.</summary>
    public RemoteData? Data { get; init; }

    public bool IsUsed => Audio is not null || Data is not null;

    /// <summary>The section rejected, or not understood.</summary>
    public RemoteSection Unused => this with { Audio = null, Data = null };

    public static RemoteSection From(SdpMedia media) =>
        new(media.Kind, media.Mid, media.Protocol, [.. media.Formats], !media.IsRejected, media.Line);
}
