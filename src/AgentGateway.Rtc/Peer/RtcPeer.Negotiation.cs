using AgentGateway.Primitives;
using AgentGateway.Rtc.Dtls;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Peer.Description;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Rtc.Wire.Sdp;

namespace AgentGateway.Rtc.Peer;

/// <summary>Offers and answers.</summary>
public sealed partial class RtcPeer
{
    // What is left of a datagram beside a DTLS record: header 13, nonce 8, tag 16, and room for the CBC suites.
    private const int MaxDtlsOverhead = 64;

    private readonly string _cname;
    private readonly ulong _sessionId;
    private ulong _version;
    private RemoteDescription? _remote;
    private PendingOffer? _pending;
    private RemoteAudio? _terms;
    private int _nextMid;

    /// <summary>Whether an offer of ours waits for its answer.</summary>
    public bool HasPendingOffer => _pending is not null;

    /// <summary>
    /// Applies an offer and answers it: the first one, or a later one of either side that changes directions, adds or stops sections, or
    /// restarts ICE by new credentials. A refused offer changes nothing.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="offer">SDP from outside.</param>
    public SdpResult AcceptOffer(Instant now, string offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        if (_transport.IsEnded)
            return SdpResult.Refuse(SdpResultError.WrongState, "The call has ended.");
        if (_pending is not null && !_options.YieldInGlare)
            return SdpResult.Refuse(SdpResultError.Glare, "Both sides offered at once, and our own offer waits for its answer.");
        if (Read(offer, _options.RequireAudio, _remote?.DataIndex ?? -1, out SdpResult? refusal) is not { } remote)
            return refusal!;
        if (_remote is not null && DescriptionRules.CheckUpdate(_remote, remote) is { } conflict)
            return conflict;
        if (DescriptionRules.AnswerSetup(remote.Setup, SetupInUse, _options.PreferActive) is not { } setup)
            return SdpResult.Refuse(SdpResultError.BadSetup, "a=setup contradicts the DTLS role in use.", remote.TransportSection.Line);

        // What we stopped, do not want or have no room for is rejected in its place. The section that carries the transport of a session cannot be: that
        // would reject all of it (RFC 8843 section 7.3.3).
        RtcAudioSection?[] lines = Match(remote);
        string? carrier = _remote is null ? null : remote.Carrier;
        remote = remote.Without((i, s) => s.Data is not null ? !WantsDataChannels && s.Mid != carrier : lines[i] is null || (lines[i]!.IsStopped && s.Mid != carrier));
        if (!remote.Sections.Any(s => s.IsUsed))
            return SdpResult.Refuse(SdpResultError.NoAudio, "Nothing that is offered is wanted here.");
        for (int i = 0; i < lines.Length; i++)
            lines[i] = remote.Sections[i].Audio is null ? null : lines[i];

        if (_pending is not null)
        {
            RollbackOffer(now);
            Raise(new RtcPeerEvent { Kind = RtcPeerEventKind.OfferRolledBack, State = State });
        }

        SdpDirection[] directions = [.. lines.Select((s, i) => s is null ? default : remote.Sections[i].Audio!.Direction.Answer(s.OfferedDirection))];
        Apply(now, remote, lines, directions, setup == SdpSetup.Active ? DtlsRole.Client : DtlsRole.Server, isOurRestart: false);
        return new SdpResult { Answer = DescriptionWriter.Answer(DescribeLocal(), remote, lines, setup) };
    }

    /// <summary>
    /// Makes an offer of all that is in use or wished for: <see cref="AudioSections"/> that were not stopped, and data channels. Either side may
    /// offer again at any time. Nothing of it is in force before <see cref="AcceptAnswer"/>; a second offer replaces the first.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="direction">Sets <see cref="RtcAudioSection.WantedDirection"/> of the first audio section; null leaves it.</param>
    /// <param name="restartIce">
    /// Whether ICE looks for a new path; the present one carries on until then, and for good if the restart fails. Nothing in a first offer.
    /// </param>
    /// <exception cref="InvalidOperationException">The peer has ended, or there is nothing to offer.</exception>
    public string CreateOffer(Instant now, SdpDirection? direction = null, bool restartIce = false)
    {
        if (_transport.IsEnded)
            throw new InvalidOperationException("The peer has ended.");
        if (direction is { } wanted && AudioSections.FirstOrDefault(s => !s.IsStopped) is { } first)
            first.WantedDirection = wanted;
        List<OfferedSection> sections = PlanOffer(out int nextMid);
        if (!sections.Exists(s => s.IsUsed))
            throw new InvalidOperationException("There is nothing to offer.");
        bool restarts = _pending is { RestartsIce: true };
        if (restartIce && _remote is not null && !restarts)
        {
            restarts = true;
            _transport.Ice.Restart(now);
        }

        _pending = new PendingOffer(sections, restarts, nextMid);
        Update(now);

        // Now and not with the answer: checks of the answerer may be here before it.
        _transport.Ice.SetRole(IceRole.Controlling);
        return DescriptionWriter.Offer(DescribeLocal(), sections, SdpSetup.ActPass);
    }

    /// <summary>
    /// Takes our pending offer back (RFC 8829 section 4.1.10.2): everything is as if it had not been made, ICE credentials included. Wishes, such as added
    /// sections, stay for the next one.
    /// </summary>
    /// <returns>False when none was pending.</returns>
    public bool RollbackOffer(Instant now)
    {
        if (_pending is null || _transport.IsEnded)
            return false;
        if (_pending.RestartsIce)
            _transport.Ice.UndoRestart(now);
        _pending = null;
        if (_remote is null)
            _transport.Ice.SetRole(IceRole.Controlled);
        Update(now);
        return true;
    }

    /// <summary>Applies the answer to <see cref="CreateOffer"/>. A refused answer changes nothing; another one may follow.</summary>
    /// <param name="now">The time.</param>
    /// <param name="answer">SDP from outside.</param>
    public SdpResult AcceptAnswer(Instant now, string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (_transport.IsEnded)
            return SdpResult.Refuse(SdpResultError.WrongState, "The call has ended.");
        if (_pending is not { } pending)
            return SdpResult.Refuse(SdpResultError.WrongState, "No offer of ours waits for an answer.");
        IReadOnlyList<OfferedSection> offered = pending.Sections;
        bool needsAudio = _options.RequireAudio && offered.Any(s => s.Audio is not null);
        if (Read(answer, needsAudio, IndexOfData(offered), out SdpResult? refusal) is not { } remote)
            return refusal!;
        SdpResult? conflict = DescriptionRules.CheckAnswer(offered, remote);
        if (_remote is not null)
            conflict ??= DescriptionRules.CheckUpdate(_remote, remote) ?? DescriptionRules.CheckRestart(_remote, remote, pending.RestartsIce);
        if (conflict is not null)
            return conflict;
        SdpSetup ours = remote.Setup == SdpSetup.Active ? SdpSetup.Passive : SdpSetup.Active;
        if (SetupInUse is { } inUse && inUse != ours)
            return SdpResult.Refuse(SdpResultError.BadSetup, "a=setup contradicts the DTLS role in use.", remote.TransportSection.Line);

        _pending = null;
        _nextMid = pending.NextMid;
        RtcAudioSection?[] lines = [.. offered.Select((s, i) => remote.Sections[i].Audio is null ? null : s.Audio)];
        SdpDirection[] directions = [.. offered.Select((s, i) => s.Direction & (remote.Sections[i].Audio?.Direction.Reverse() ?? default))];

        // One that was rejected at once is stopped too, and not offered again.
        foreach (OfferedSection section in offered)
        {
            if (section.Audio is not { } audio || lines.Contains(audio))
                continue;
            bool isNew = !_active.Contains(audio);
            RemoveAudio(audio);
            if (isNew)
                TellRemoval(audio);
        }

        Apply(now, remote, lines, directions, ours == SdpSetup.Active ? DtlsRole.Client : DtlsRole.Server, pending.RestartsIce);
        return new SdpResult();
    }

    /// <summary>Adds a trickled candidate, with or without "candidate:"; empty text (end of candidates) is ignored. Bad ones are counted.</summary>
    public void AddRemoteCandidate(Instant now, string candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        if (_transport.IsEnded || string.IsNullOrWhiteSpace(candidate))
            return;
        AddCandidate(now, candidate);
        Update(now);
    }

    private SdpSetup? SetupInUse =>
        !_transport.HasRemote ? null : _transport.DtlsRole == DtlsRole.Client ? SdpSetup.Active : SdpSetup.Passive;

    // A call may lose its audio later, as long as something is left.
    private RemoteDescription? Read(string text, bool needsAudio, int dataIndex, out SdpResult? refusal) => RemoteDescription.Read(
        text, _options.MaxDescriptionLength, _preferences, needsAudio && _remote is null, dataIndex, out refusal);

    private static int IndexOfData(IReadOnlyList<OfferedSection> sections)
    {
        for (int i = 0; i < sections.Count; i++)
        {
            if (sections[i].IsData)
                return i;
        }

        return -1;
    }

    /// <summary>
    /// Every m-line there is, in its place (RFC 8829 section 5.2.2), those not in use taken again for what is new, and the rest of that behind them.
    /// </summary>
    private List<OfferedSection> PlanOffer(out int nextMid)
    {
        var sections = new List<OfferedSection>();

        // Who does not bundle has one section, and can have no more on its transport.
        bool bundles = _remote is null or { Bundle.Count: > 0 };
        int room = _options.MaxAudioSections - _active.Count(s => !s.IsStopped);
        var added = new Queue<RtcAudioSection>(bundles ? _waiting.Take(room) : []);
        bool addsData = bundles && WantsDataChannels && _remote?.Data is null;
        int mid = _nextMid;
        IReadOnlyList<RemoteSection> present = _remote?.Sections ?? [];
        for (int i = 0; i < present.Count; i++)
        {
            RemoteSection section = present[i];

            // The one that carries the transport stays: Chromium closes everything when an offer rejects it.
            bool isCarrier = section.Mid is not null && section.Mid == _remote!.Carrier;
            if (_lines[i] is { } audio && (!audio.IsStopped || isCarrier))
                sections.Add(Offered(audio, section.Mid, section.Protocol, section.Audio));
            else if (section.Data is { } data && (WantsDataChannels || isCarrier))
                sections.Add(new OfferedSection { Kind = section.Kind, Mid = section.Mid, Protocol = section.Protocol, IsData = true, IsLegacyData = data.IsLegacy });
            else if (section.IsUsed || !TryOfferNew(out OfferedSection? another))
                sections.Add(new OfferedSection { Kind = section.Kind, Mid = section.Mid, Protocol = section.Protocol, Formats = section.Formats });
            else
                sections.Add(another!);
        }

        while (TryOfferNew(out OfferedSection? another))
            sections.Add(another!);
        nextMid = mid;
        return sections;

        bool TryOfferNew(out OfferedSection? section)
        {
            section = null;
            if (added.TryDequeue(out RtcAudioSection? next))
            {
                section = Offered(next, NewMid(), "UDP/TLS/RTP/SAVPF", _terms);
            }
            else if (addsData)
            {
                addsData = false;
                section = new OfferedSection { Kind = "application", Mid = NewMid(), Protocol = "UDP/DTLS/SCTP", IsData = true };
            }

            return section is not null;
        }

        // One that was never used: a packet under way must not be taken for the new section's.
        string NewMid()
        {
            while (true)
            {
                string name = FormattableString.Invariant($"{mid++}");
                if (!present.Any(s => s.Mid == name))
                    return name;
            }
        }

        static OfferedSection Offered(RtcAudioSection audio, string? mid, string protocol, RemoteAudio? terms) =>
            new() { Kind = "audio", Mid = mid, Protocol = protocol, Audio = audio, Terms = terms, Direction = audio.OfferedDirection };
    }

    private void Apply(
        Instant now, RemoteDescription remote, RtcAudioSection?[] lines, SdpDirection[] directions, DtlsRole dtlsRole, bool isOurRestart)
    {
        RemoteDescription? before = _remote;
        _remote = remote;

        // Payload types and extensions mean the same in all sections of a transport (RFC 8843 section 9.1): new ones follow the first.
        _terms = remote.Sections.FirstOrDefault(s => s.Audio is not null)?.Audio ?? _terms;
        ApplySections(now, remote, lines, directions);
        ApplyData(now, before, remote, dtlsRole == DtlsRole.Client);
        if (before is null)
            _transport.SetRemote(now, remote.IceUfrag, remote.IcePassword, remote.IceLite, dtlsRole, remote.Fingerprints);
        else if (DescriptionRules.IsRestart(before, remote))
            _transport.RestartIce(now, remote.IceUfrag, remote.IcePassword, remote.IceLite, isOurRestart);
        foreach (string candidate in remote.Candidates)
            AddCandidate(now, candidate);
        Update(now);
    }

    private void AddCandidate(Instant now, string text)
    {
        if (!IceCandidate.TryParse(text, out IceCandidate? candidate) || candidate is null)
            _drops.Count(RtcDropReason.CandidateMalformed);
        else if (!TryReportName(candidate))
            _transport.AddRemoteCandidate(now, candidate);
    }

    private SctpAssociation CreateAssociation(RemoteData data, bool isDtlsClient) => new(
        _options.Sctp with
        {
            RemotePort = data.SctpPort,
            RemoteMaxMessageSize = data.MaxMessageSize,
            MaxMessageSize = _options.MaxMessageSize,
            MaxPacketSize = Math.Min(_options.Sctp.MaxPacketSize, _options.MaxPacketSize - MaxDtlsOverhead),
        },
        isDtlsClient,
        _options.Random);

    private LocalDescription DescribeLocal() => new()
    {
        SessionId = _sessionId,
        Version = ++_version,
        IceUfrag = _transport.Ice.LocalUfrag,
        IcePassword = _transport.Ice.LocalPassword,
        IceLite = _options.IceLite,
        Candidates = [.. _transport.Ice.LocalCandidates.Select(c => c.FormatValue())],
        HasAllCandidates = !_isGathering,
        Fingerprint = _options.Certificate.Fingerprint.ToString(),
        StreamId = _options.StreamId,
        Cname = _cname,
        Preferences = _preferences,
        PreferFec = _options.PreferFec,
        PreferDtx = _options.PreferDtx,
        SctpPort = _options.Sctp.LocalPort,
        MaxMessageSize = _options.MaxMessageSize,
    };
}
