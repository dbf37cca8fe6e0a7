using AgentGateway.Rtc.Wire.Sdp;

namespace AgentGateway.Rtc.Peer.Description;

/// <summary>What one description may say after another (RFC 3264 section 8, RFC 8829 section 5.2.2, RFC 8842 section 5).</summary>
internal static class DescriptionRules
{
    /// <summary>Whether a later description of the far end fits the one in force; the refusal, or null when it does.</summary>
    public static SdpResult? CheckUpdate(RemoteDescription current, RemoteDescription next)
    {
        if (next.Sections.Count < current.Sections.Count)
            return SdpResult.Refuse(SdpResultError.Incompatible, "A later description has fewer media sections.");
        for (int i = 0; i < current.Sections.Count; i++)
        {
            // A section that is not in use may become anything (RFC 8829 section 5.2.2), one that is in use may only be stopped.
            RemoteSection before = current.Sections[i];
            RemoteSection after = next.Sections[i];
            if (before.IsUsed && after.IsOffered && (after.Mid != before.Mid || after.Kind != before.Kind))
                return SdpResult.Refuse(SdpResultError.Incompatible, "A later description changes the order, mid or kind of its media sections.", after.Line);
        }

        if (!next.Fingerprints.SequenceEqual(current.Fingerprints))
            return SdpResult.Refuse(SdpResultError.Incompatible, "A later description has another fingerprint.");
        return null;
    }

    /// <summary>Whether a later description restarts ICE (RFC 8839 section 4.4.1.1.1).</summary>
    public static bool IsRestart(RemoteDescription current, RemoteDescription next) =>
        next.IceUfrag != current.IceUfrag || next.IcePassword != current.IcePassword;

    /// <summary>Whether an answer restarts ICE exactly when our offer did (RFC 8839 section 4.4.2); the refusal, or null when it does.</summary>
    public static SdpResult? CheckRestart(RemoteDescription current, RemoteDescription answer, bool weRestarted)
    {
        if (IsRestart(current, answer) == weRestarted)
            return null;
        return SdpResult.Refuse(
            SdpResultError.Incompatible,
            weRestarted ? "The answer to an ICE restart has the old ICE credentials." : "The answer has other ICE credentials, but the offer did not restart ICE.");
    }

    /// <summary>What we answer to a=setup of an offer (RFC 8842 section 5.3); null when it contradicts the role in use.</summary>
    /// <param name="offered">Null counts as actpass.</param>
    /// <param name="inUse">Our role when DTLS already has one.</param>
    /// <param name="preferActive">What to choose when the choice is ours.</param>
    public static SdpSetup? AnswerSetup(SdpSetup? offered, SdpSetup? inUse, bool preferActive)
    {
        SdpSetup? forced = offered switch
        {
            SdpSetup.Active => SdpSetup.Passive,
            SdpSetup.Passive => SdpSetup.Active,
            _ => null,
        };
        if (inUse is not null)
            return forced is null || forced == inUse ? inUse : null;
        return forced ?? (preferActive ? SdpSetup.Active : SdpSetup.Passive);
    }

    /// <summary>Whether an answer fits our offer; the refusal, or null when it does.</summary>
    public static SdpResult? CheckAnswer(IReadOnlyList<OfferedSection> offer, RemoteDescription answer)
    {
        if (answer.Sections.Count != offer.Count)
            return SdpResult.Refuse(SdpResultError.Incompatible, "The answer does not have the media sections of the offer.");
        for (int i = 0; i < offer.Count; i++)
        {
            OfferedSection offered = offer[i];
            RemoteSection section = answer.Sections[i];
            if (section.Kind != offered.Kind || (section.IsUsed && !offered.IsUsed))
                return SdpResult.Refuse(SdpResultError.Incompatible, "The answer does not have the media sections of the offer.", section.Line);

            // A missing mid is tolerated for a rejected section only.
            if (section.Mid != offered.Mid && (section.IsUsed || section.Mid is not null))
                return SdpResult.Refuse(SdpResultError.Incompatible, "The answer changes the mids of the offer.", section.Line);
            if (section.Audio is { } audio && audio.PayloadType != offered.PayloadTypeOf(audio.Codec))
                return SdpResult.Refuse(SdpResultError.NoCommonCodec, "The answer gives the codec another payload type than the offer.", section.Line);
        }

        return answer.Setup is SdpSetup.Active or SdpSetup.Passive
            ? null
            : SdpResult.Refuse(SdpResultError.BadSetup, "The answer's a=setup is neither active nor passive.", answer.TransportSection.Line);
    }
}
