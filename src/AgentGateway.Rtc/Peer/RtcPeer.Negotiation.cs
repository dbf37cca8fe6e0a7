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
    private SdpDirection? _pendingOffer;
    private bool _weOffered;
    private bool _pendingRestart;

    /// <summary>
    /// Applies an offer and answers it: the first one, or a later one that changes the direction, adds data channels or restarts ICE by
    /// new credentials. A refused offer changes nothing.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="offer">SDP from outside.</param>
    public SdpResult AcceptOffer(Instant now, string offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        if (_transport.IsEnded)
            return SdpResult.Refuse(SdpResultError.WrongState, "The call has ended.");
        if (_pendingOffer is not null)
            return SdpResult.Refuse(SdpResultError.WrongState, "Our own offer waits for its answer.");
        RemoteDescription? remote = RemoteDescription.Read(offer, _options.MaxDescriptionLength, _preferences, out SdpResult? refusal);
        if (remote is null)
            return refusal!;
        if (!_options.AcceptDataChannels)
            remote = remote.WithoutData();
        if (_remote is not null && DescriptionRules.CheckUpdate(_remote, remote) is { } conflict)
            return conflict;
        if (DescriptionRules.AnswerSetup(remote.Setup, SetupInUse, _options.PreferActive) is not { } setup)
            return SdpResult.Refuse(SdpResultError.BadSetup, "a=setup contradicts the DTLS role in use.", remote.Audio.Media.Line);

        SdpDirection direction = remote.Audio.Direction.Answer(SdpDirection.SendReceive);
        Apply(now, remote, direction, setup == SdpSetup.Active ? DtlsRole.Client : DtlsRole.Server);
        return new SdpResult { Answer = DescriptionWriter.Answer(DescribeLocal(), remote, direction, setup) };
    }

    /// <summary>
    /// Makes an offer of audio and data channels; <see cref="AcceptAnswer"/> must follow. Only the side that offered first may offer
    /// again.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="direction">Of the audio, seen from us.</param>
    /// <param name="restartIce">
    /// Whether ICE looks for a new path; the present one carries on until then, and for good if the restart fails. Nothing in a first offer.
    /// </param>
    /// <exception cref="InvalidOperationException">The peer has ended, or was called by an offer.</exception>
    public string CreateOffer(Instant now, SdpDirection direction = SdpDirection.SendReceive, bool restartIce = false)
    {
        if (_transport.IsEnded || (_remote is not null && !_weOffered))
            throw new InvalidOperationException("The peer has ended, or the far end made the first offer.");
        _weOffered = true;
        _pendingOffer = direction;
        if (restartIce && _remote is not null && !_pendingRestart)
        {
            _pendingRestart = true;
            _transport.Ice.Restart(now);
            Update(now);
        }

        // Now and not with the answer: checks of the answerer may be here before it.
        _transport.Ice.SetRole(IceRole.Controlling);
        return DescriptionWriter.Offer(DescribeLocal(), direction, SdpSetup.ActPass);
    }

    /// <summary>Applies the answer to <see cref="CreateOffer"/>. A refused answer changes nothing; another one may follow.</summary>
    /// <param name="now">The time.</param>
    /// <param name="answer">SDP from outside.</param>
    public SdpResult AcceptAnswer(Instant now, string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (_transport.IsEnded)
            return SdpResult.Refuse(SdpResultError.WrongState, "The call has ended.");
        if (_pendingOffer is not { } offered)
            return SdpResult.Refuse(SdpResultError.WrongState, "No offer of ours waits for an answer.");
        RemoteDescription? remote = RemoteDescription.Read(answer, _options.MaxDescriptionLength, _preferences, out SdpResult? refusal);
        if (remote is null)
            return refusal!;
        SdpResult? conflict = DescriptionRules.CheckAnswer(remote);
        if (_remote is not null)
            conflict ??= DescriptionRules.CheckUpdate(_remote, remote) ?? DescriptionRules.CheckRestart(_remote, remote, _pendingRestart);
        if (conflict is not null)
            return conflict;
        SdpSetup ours = remote.Setup == SdpSetup.Active ? SdpSetup.Passive : SdpSetup.Active;
        if (SetupInUse is { } inUse && inUse != ours)
            return SdpResult.Refuse(SdpResultError.BadSetup, "a=setup contradicts the DTLS role in use.", remote.Audio.Media.Line);

        _pendingOffer = null;
        Apply(now, remote, offered & remote.Audio.Direction.Reverse(), ours == SdpSetup.Active ? DtlsRole.Client : DtlsRole.Server);
        _pendingRestart = false;
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

    private void Apply(Instant now, RemoteDescription remote, SdpDirection direction, DtlsRole dtlsRole)
    {
        bool isFirst = _remote is null;
        bool isRestart = !isFirst && DescriptionRules.IsRestart(_remote!, remote);
        _remote = remote;
        NegotiatedAudio audio = remote.Audio.Negotiate(direction);
        bool isChange = Audio is not null && Audio != audio;
        _sections[0].Configure(audio, direction);
        if (remote.Data is { } data && _sctp is null)
        {
            _sctp = CreateAssociation(data, dtlsRole == DtlsRole.Client);
            if (_started)
                _sctp.Start(now);
        }

        if (isFirst)
            _transport.SetRemote(now, remote.IceUfrag, remote.IcePassword, remote.IceLite, dtlsRole, remote.Fingerprints);
        else if (isRestart)
            _transport.RestartIce(now, remote.IceUfrag, remote.IcePassword, remote.IceLite, isOurs: _pendingRestart);
        foreach (string candidate in remote.Candidates)
            AddCandidate(now, candidate);
        if (isChange)
            Raise(new RtcPeerEvent { Kind = RtcPeerEventKind.AudioRenegotiated, State = State });
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
        Fingerprint = _options.Certificate.Fingerprint.ToString(),
        StreamId = _options.StreamId,
        TrackId = _options.TrackId,
        Cname = _cname,
        Ssrc = LocalSsrc,
        Preferences = _preferences,
        PreferFec = _options.PreferFec,
        PreferDtx = _options.PreferDtx,
        SctpPort = _options.Sctp.LocalPort,
        MaxMessageSize = _options.MaxMessageSize,
    };
}
