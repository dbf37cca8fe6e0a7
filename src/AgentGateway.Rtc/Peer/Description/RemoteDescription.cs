using AgentGateway.Rtc.Dtls;
using AgentGateway.Rtc.Wire.Sdp;

namespace AgentGateway.Rtc.Peer.Description;

/// <summary>
/// A description from outside that was checked and reduced to what a peer uses of it. Reading one changes nothing, so that a bad
/// description leaves a call as it was. See DESIGN.md for the rules.
/// </summary>
internal sealed record RemoteDescription
{
    private const int MinUfragLength = 4;
    private const int MinPasswordLength = 22;
    private const int MaxCredentialLength = 256;

    public required IReadOnlyList<RemoteSection> Sections { get; init; }

    /// <summary>Mids of the sections in use, in the order of the far end's BUNDLE group; empty when it has none.</summary>
    public required IReadOnlyList<string> Bundle { get; init; }

    public required string IceUfrag { get; init; }

    public required string IcePassword { get; init; }

    public required bool IceLite { get; init; }

    /// <summary>Whether packets with one-byte and two-byte extensions may be mixed (RFC 8285 section 6); we read both anyway.</summary>
    public bool ExtMapAllowMixed { get; init; }

    public required SdpSetup? Setup { get; init; }

    public required IReadOnlyList<DtlsFingerprint> Fingerprints { get; init; }

    /// <summary>Values of a=candidate, without the name.</summary>
    public required IReadOnlyList<string> Candidates { get; init; }

    /// <summary>The data channels, or null without.</summary>
    public RemoteData? Data => Sections.FirstOrDefault(s => s.Data is not null)?.Data;

    /// <summary>The place of the data channels' section, -1 without.</summary>
    public int DataIndex
    {
        get
        {
            for (int i = 0; i < Sections.Count; i++)
            {
                if (Sections[i].Data is not null)
                    return i;
            }

            return -1;
        }
    }

    /// <summary>The mid of the section whose transport carries everything; null without a group.</summary>
    public string? Carrier => Bundle.Count == 0 ? null : Bundle[0];

    /// <summary>The section whose transport carries everything (RFC 8843 section 7.2).</summary>
    public RemoteSection TransportSection => Sections.First(s => s.IsUsed && (Bundle.Count == 0 || s.Mid == Bundle[0]));

    /// <summary>The same with some sections treated as not understood.</summary>
    public RemoteDescription Without(Func<int, RemoteSection, bool> unused)
    {
        RemoteSection[] sections = [.. Sections.Select((s, i) => s.IsUsed && unused(i, s) ? s.Unused : s)];
        return this with { Sections = sections, Bundle = [.. Bundle.Where(mid => sections.Any(s => s.IsUsed && s.Mid == mid))] };
    }

    /// <summary>Reads an offer or answer.</summary>
    /// <param name="text">From outside.</param>
    /// <param name="maxLength">In characters.</param>
    /// <param name="preferences">What we would agree to for audio.</param>
    /// <param name="needsAudio">Whether it is refused without audio that can be used.</param>
    /// <param name="dataIndex">Which section has the data channels so far, -1 for none: it goes before others.</param>
    /// <param name="refusal">Why it was refused, when the result is null.</param>
    public static RemoteDescription? Read(
        string text, int maxLength, AudioPreferences preferences, bool needsAudio, int dataIndex, out SdpResult? refusal)
    {
        refusal = null;
        if (string.IsNullOrWhiteSpace(text))
            return Refuse(SdpResultError.Empty, "The session description is empty.", 0, out refusal);
        if (text.Length > maxLength)
            return Refuse(SdpResultError.TooLarge, FormattableString.Invariant($"The session description is longer than {maxLength} characters."), 0, out refusal);
        if (!SdpSession.TryParse(text, new SdpLimits { MaxLength = maxLength }, out SdpSession? session, out SdpError error) || session is null)
        {
            refusal = Refusal(error);
            return null;
        }

        return Read(session, preferences, needsAudio, dataIndex, out refusal);
    }

    /// <summary>The refusal of what does not parse.</summary>
    internal static SdpResult Refusal(in SdpError error) => SdpResult.Refuse(
        error.Code switch
        {
            SdpErrorCode.Empty => SdpResultError.Empty,
            SdpErrorCode.TooLarge => SdpResultError.TooLarge,
            SdpErrorCode.BadField or SdpErrorCode.BadAttribute => SdpResultError.Malformed,
            _ => SdpResultError.NotSdp,
        },
        error.Reason,
        error.Line);

    /// <summary>Whether the far end's ICE credentials have a form that we can use.</summary>
    internal static bool AreCredentials(string? ufrag, string? password) =>
        IsIceString(ufrag, MinUfragLength) && IsIceString(password, MinPasswordLength);

    private static RemoteDescription? Read(SdpSession session, AudioPreferences preferences, bool needsAudio, int dataIndex, out SdpResult? refusal)
    {
        RemoteSection[] sections = ReadSections(session, preferences, dataIndex, out SdpResult? unusable);
        RemoteSection? first = sections.FirstOrDefault(s => s.Audio is not null) ?? sections.FirstOrDefault(s => s.IsUsed);
        if (first is null || (needsAudio && first.Audio is null))
        {
            refusal = unusable ?? SdpResult.Refuse(SdpResultError.NoAudio, "The session description has no audio section in use.");
            return null;
        }

        if (!TryReadBundle(session, sections, first, out IReadOnlyList<string> bundle, out refusal))
            return null;

        // Everything runs over the transport of the section that the group is tagged with (RFC 8843 section 7.2). Some clients
        // (aiortc 1.4) write other credentials into the other sections, and drop those transports after the answer.
        SdpMedia transport = bundle.Count == 0
            ? session.Media[Array.FindIndex(sections, s => ReferenceEquals(s, first))]
            : session.FindMedia(bundle[0])!;
        string? ufrag = session.GetIceUfrag(transport);
        string? password = session.GetIcePassword(transport);
        if (!AreCredentials(ufrag, password))
            return Refuse(SdpResultError.NoIceCredentials, "The session description has no valid a=ice-ufrag and a=ice-pwd.", transport.Line, out refusal);
        var fingerprints = new List<DtlsFingerprint>();
        foreach (SdpFingerprint line in session.GetFingerprints(transport))
        {
            if (DtlsFingerprint.TryParse(line.ToString(), out DtlsFingerprint? fingerprint) && fingerprint is not null)
                fingerprints.Add(fingerprint);
        }

        if (fingerprints.Count == 0)
            return Refuse(SdpResultError.NoFingerprint, "The session description has no a=fingerprint with a known hash.", transport.Line, out refusal);
        if (first.Audio is { RtcpMux: false })
            return Refuse(SdpResultError.NoRtcpMux, "The audio section has no a=rtcp-mux.", first.Line, out refusal);
        SdpSetup? setup = session.GetSetup(transport);
        bool hasSetup = transport.Attributes.Has("setup") || session.Attributes.Has("setup");
        if ((hasSetup && setup is null) || setup == SdpSetup.HoldConn)
            return Refuse(SdpResultError.BadSetup, "a=setup is neither actpass, active nor passive.", transport.Line, out refusal);

        refusal = null;
        return new RemoteDescription
        {
            Sections = sections,
            Bundle = bundle,
            IceUfrag = ufrag!,
            IcePassword = password!,
            IceLite = session.IceLite,
            ExtMapAllowMixed = session.Attributes.Has("extmap-allow-mixed"),
            Setup = setup,
            Fingerprints = fingerprints,
            Candidates = transport.Candidates,
        };
    }

    /// <param name="session">The description.</param>
    /// <param name="preferences">What we would agree to.</param>
    /// <param name="dataIndex">The section that has data channels so far.</param>
    /// <param name="unusable">What is wrong with the audio when none can be used.</param>
    private static RemoteSection[] ReadSections(SdpSession session, AudioPreferences preferences, int dataIndex, out SdpResult? unusable)
    {
        var sections = new RemoteSection[session.Media.Count];
        SdpMedia? withoutCodec = null;
        SdpMedia? withoutProfile = null;
        for (int i = 0; i < sections.Length; i++)
        {
            SdpMedia media = session.Media[i];
            sections[i] = RemoteSection.From(media);
            if (media.Kind != "audio" || media.IsRejected)
                continue;
            if (!media.Protocol.Contains("RTP/SAVP", StringComparison.Ordinal))
                withoutProfile ??= media;
            else if (RemoteAudio.Read(session, media, preferences) is { } audio)
                sections[i] = sections[i] with { Audio = audio };
            else
                withoutCodec ??= media;
        }

        foreach (int i in Enumerable.Range(0, sections.Length).OrderByDescending(i => i == dataIndex))
        {
            if (session.Media[i].Kind != "application" || session.Media[i].IsRejected || RemoteData.Read(session.Media[i]) is not { } data)
                continue;
            sections[i] = sections[i] with { Data = data };
            break;
        }

        unusable =
            withoutCodec is not null ? SdpResult.Refuse(SdpResultError.NoCommonCodec, "The audio section offers none of our codecs (opus/48000/2 is the best).", withoutCodec.Line)
            : withoutProfile is not null ? SdpResult.Refuse(SdpResultError.UnsupportedProfile, "The audio section does not use DTLS-SRTP (UDP/TLS/RTP/SAVPF).", withoutProfile.Line)
            : null;
        return sections;
    }

    /// <summary>Reads the group. Audio beyond the first that cannot share the transport is left out; the rest must share it.</summary>
    private static bool TryReadBundle(
        SdpSession session, RemoteSection[] sections, RemoteSection first, out IReadOnlyList<string> bundle, out SdpResult? refusal)
    {
        bundle = [];
        refusal = null;
        SdpGroup? group = session.Bundle;
        for (int i = 0; i < sections.Length; i++)
        {
            RemoteSection section = sections[i];
            if (section.Audio is not { } audio || ReferenceEquals(section, first))
                continue;
            if (section.Mid is null || group is null || !group.Mids.Contains(section.Mid) || !audio.RtcpMux)
                sections[i] = section.Unused;
        }

        RemoteSection[] used = [.. sections.Where(s => s.IsUsed)];
        foreach (RemoteSection section in used)
        {
            // A mid is repeated in our lines, where a space would split it.
            if (section.Mid is { } mid && (mid.Length == 0 || mid.AsSpan().ContainsAny(" \t")))
            {
                Refuse(SdpResultError.Malformed, "a=mid is not a token.", section.Line, out refusal);
                return false;
            }
        }

        if (used.Length == 1 && (group is null || used[0].Mid is not { } only || !group.Mids.Contains(only)))
            return true;
        foreach (RemoteSection section in used)
        {
            if (section.Mid is { } mid && group is not null && group.Mids.Contains(mid))
                continue;
            Refuse(SdpResultError.NoBundle, "The audio and data sections are not in one a=group:BUNDLE.", section.Line, out refusal);
            return false;
        }

        bundle = [.. group!.Mids.Where(mid => used.Any(s => s.Mid == mid)).Distinct()];
        if (bundle.Count == used.Length)
            return true;
        Refuse(SdpResultError.NoBundle, "Two sections have the same a=mid.", used[^1].Line, out refusal);
        return false;
    }

    private static bool IsIceString(string? text, int minimum)
    {
        if (text is null || text.Length < minimum || text.Length > MaxCredentialLength)
            return false;
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '/' or '-' or '_' or '='))
                return false;
        }

        return true;
    }

    private static RemoteDescription? Refuse(SdpResultError error, string message, int line, out SdpResult? refusal)
    {
        refusal = SdpResult.Refuse(error, message, line);
        return null;
    }
}
