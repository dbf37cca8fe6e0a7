using AgentGateway.Rtc.Wire.Sdp;

namespace AgentGateway.Rtc.Peer.Description;

/// <summary>The outline of one media section, kept to answer it and to compare later descriptions with it.</summary>
internal sealed record RemoteSection(string Kind, string? Mid, string Protocol, IReadOnlyList<string> Formats, bool IsUsed)
{
    public static RemoteSection From(SdpMedia media, bool isUsed) =>
        new(media.Kind, media.Mid, media.Protocol, [.. media.Formats], isUsed);
}
