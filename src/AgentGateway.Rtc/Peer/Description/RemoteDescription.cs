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

    public required int AudioIndex { get; init; }

    /// <summary>-1 without data channels.</summary>
    public required int DataIndex { get; init; }

    public required RemoteAudio Audio { get; init; }

    public RemoteData? Data { get; init; }

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

    /// <summary>The section whose transport carries everything (RFC 8843 section 7.2).</summary>
    public RemoteSection TransportSection => Bundle.Count == 0 ? Sections[AudioIndex] : Sections.First(s => s.IsUsed && s.Mid == Bundle[0]);

    /// <summary>The same with the data channel section treated as one that is not understood.</summary>
    public RemoteDescription WithoutData() => Data is null ? this : this with
    {
        Sections = [.. Sections.Select((s, i) => i == DataIndex ? s with { IsUsed = false } : s)],
        Bundle = [.. Bundle.Where(mid => mid != Data.Media.Mid)],
        DataIndex = -1,
        Data = null,
    };

    /// <summary>Reads an offer or answer.</summary>
    /// <param name="text">From outside.</param>
    /// <param name="maxLength">In characters.</param>
    /// <param name="preferences">What we would agree to for audio.</param>
    /// <param name="refusal">Why it was refused, when the result is null.</param>
    public static RemoteDescription? Read(string text, int maxLength, AudioPreferences preferences, out SdpResult? refusal)
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

        return Read(session, preferences, out refusal);
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

    private static RemoteDescription? Read(SdpSession session, AudioPreferences preferences, out SdpResult? refusal)
    {
        if (!TryFindAudio(session, preferences, out int audioIndex, out RemoteAudio? audio, out refusal))
            return null;
        int dataIndex = -1;
        RemoteData? data = null;
        for (int i = 0; i < session.Media.Count && data is null; i++)
        {
            if (session.Media[i].Kind != "application" || session.Media[i].IsRejected)
                continue;
            data = RemoteData.Read(session.Media[i]);
            dataIndex = data is null ? -1 : i;
        }

        SdpMedia[] used = data is null ? [audio!.Media] : [audio!.Media, data.Media];
        if (!TryReadBundle(session, used, out IReadOnlyList<string> bundle, out refusal))
            return null;

        // Everything runs over the transport of the section that the group is tagged with (RFC 8843 section 7.2). Some clients
        // (aiortc 1.4) write other credentials into the other sections, and drop those transports after the answer.
        SdpMedia transport = bundle.Count == 0 ? audio.Media : used.First(m => m.Mid == bundle[0]);
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
        if (!audio.Media.RtcpMux)
            return Refuse(SdpResultError.NoRtcpMux, "The audio section has no a=rtcp-mux.", audio.Media.Line, out refusal);
        SdpSetup? setup = session.GetSetup(transport);
        bool hasSetup = transport.Attributes.Has("setup") || session.Attributes.Has("setup");
        if ((hasSetup && setup is null) || setup == SdpSetup.HoldConn)
            return Refuse(SdpResultError.BadSetup, "a=setup is neither actpass, active nor passive.", transport.Line, out refusal);

        refusal = null;
        return new RemoteDescription
        {
            Sections = [.. session.Media.Select((m, i) => RemoteSection.From(m, i == audioIndex || i == dataIndex))],
            AudioIndex = audioIndex,
            DataIndex = dataIndex,
            Audio = audio,
            Data = data,
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

    private static bool TryFindAudio(
        SdpSession session, AudioPreferences preferences, out int index, out RemoteAudio? audio, out SdpResult? refusal)
    {
        audio = null;
        refusal = null;
        SdpMedia? withoutCodec = null;
        SdpMedia? withoutProfile = null;
        for (index = 0; index < session.Media.Count; index++)
        {
            SdpMedia media = session.Media[index];
            if (media.Kind != "audio" || media.IsRejected)
                continue;
            if (!media.Protocol.Contains("RTP/SAVP", StringComparison.Ordinal))
            {
                withoutProfile ??= media;
                continue;
            }

            audio = RemoteAudio.Read(session, media, preferences);
            if (audio is not null)
                return true;
            withoutCodec ??= media;
        }

        if (withoutCodec is not null)
            Refuse(SdpResultError.NoCommonCodec, "The audio section offers none of our codecs (opus/48000/2 is the best).", withoutCodec.Line, out refusal);
        else if (withoutProfile is not null)
            Refuse(SdpResultError.UnsupportedProfile, "The audio section does not use DTLS-SRTP (UDP/TLS/RTP/SAVPF).", withoutProfile.Line, out refusal);
        else
            Refuse(SdpResultError.NoAudio, "The session description has no audio section in use.", 0, out refusal);
        return false;
    }

    private static bool TryReadBundle(SdpSession session, SdpMedia[] used, out IReadOnlyList<string> bundle, out SdpResult? refusal)
    {
        bundle = [];
        refusal = null;
        foreach (SdpMedia media in used)
        {
            // A mid is repeated in our lines, where a space would split it.
            if (media.Mid is { } mid && (mid.Length == 0 || mid.AsSpan().ContainsAny(" \t")))
            {
                Refuse(SdpResultError.Malformed, "a=mid is not a token.", media.Line, out refusal);
                return false;
            }
        }

        SdpGroup? group = session.Bundle;
        if (used.Length == 1 && (group is null || used[0].Mid is not { } only || !group.Mids.Contains(only)))
            return true;
        foreach (SdpMedia media in used)
        {
            if (media.Mid is { } mid && group is not null && group.Mids.Contains(mid))
                continue;
            Refuse(SdpResultError.NoBundle, "The audio and data sections are not in one a=group:BUNDLE.", media.Line, out refusal);
            return false;
        }

        bundle = [.. group!.Mids.Where(mid => used.Any(m => m.Mid == mid)).Distinct()];
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
