using AgentGateway.Rtc.Wire.Sdp;

namespace AgentGateway.Rtc.Peer.Description;

/// <summary>
/// What a trickled fragment (RFC 8840 section 9) says about the one transport. Reading one changes nothing, so that a bad fragment leaves a
/// call as it was.
/// </summary>
internal sealed record RemoteFragment
{
    /// <summary>The longest fragment read, in characters: some hundred candidates.</summary>
    public const int MaxLength = 16 * 1024;

    private const int MaxCandidates = 128;
    private const int MaxLines = 512;

    /// <summary>Null when the fragment relies on what is in force.</summary>
    public required string? IceUfrag { get; init; }

    /// <summary>Null when the fragment relies on what is in force.</summary>
    public required string? IcePassword { get; init; }

    /// <summary>Values of a=candidate, without the name; each once.</summary>
    public required IReadOnlyList<string> Candidates { get; init; }

    /// <summary>Reads a fragment about a connection.</summary>
    /// <param name="text">From outside.</param>
    /// <param name="current">The description it adds to.</param>
    /// <param name="refusal">Why it was refused, when the result is null.</param>
    public static RemoteFragment? Read(string text, RemoteDescription current, out SdpResult? refusal)
    {
        var limits = new SdpLimits { MaxLength = MaxLength, MaxLines = MaxLines, MaxCandidatesPerSection = MaxCandidates };
        refusal = null;
        if (!SdpSession.TryParseFragment(text, limits, out SdpSession? fragment, out SdpError error) || fragment is null)
        {
            refusal = RemoteDescription.Refusal(error);
            return null;
        }

        // Clients repeat a candidate in each section of the bundle or name only the one that carries it; a section without a mid can
        // only mean the transport there is.
        SdpMedia[] known = [.. fragment.Media.Where(m => m.Mid is null || current.Sections.Any(s => s.IsUsed && s.Mid == m.Mid))];
        if (known.Length == 0 && fragment.Media.Count > 0)
        {
            refusal = SdpResult.Refuse(SdpResultError.Incompatible, "The fragment has no media section with a mid that is in use.", fragment.Media[0].Line);
            return null;
        }

        SdpMedia? transport = known.FirstOrDefault(m => m.Mid == current.TransportSection.Mid) ?? known.FirstOrDefault();
        string? ufrag = transport is null ? fragment.Attributes.First("ice-ufrag") : fragment.GetIceUfrag(transport);
        string? password = transport is null ? fragment.Attributes.First("ice-pwd") : fragment.GetIcePassword(transport);
        var candidates = new List<string>(fragment.Attributes.All("candidate"));
        foreach (SdpMedia media in known)
        {
            // Sections of a transport that BUNDLE does away with have other credentials.
            if (fragment.GetIceUfrag(media) == ufrag)
                candidates.AddRange(media.Candidates);
        }

        return new RemoteFragment
        {
            IceUfrag = ufrag,
            IcePassword = password,
            Candidates = [.. candidates.Distinct().Take(MaxCandidates)],
        };
    }
}
