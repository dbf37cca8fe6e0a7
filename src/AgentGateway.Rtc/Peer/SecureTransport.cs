using AgentGateway.Primitives;
using AgentGateway.Rtc.Dtls;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Srtp;
using AgentGateway.Rtc.Wire.Rtp;

namespace AgentGateway.Rtc.Peer;

/// <summary>
/// The one bundled transport of a peer: ICE, DTLS over its path, SRTP with DTLS's keys. Tells STUN, DTLS and SRTP apart
/// (RFC 7983), lets nothing through before the fingerprint matched, and knows whether the connection lives.
/// </summary>
internal sealed class SecureTransport : IDisposable
{
    private readonly RtcPeerOptions _options;
    private readonly DropCounters _drops;
    private EarlyDatagrams? _early;
    private DtlsEndpoint? _dtls;
    private DtlsRole _dtlsRole;
    private SrtpSession? _srtp;
    private bool _dtlsStarted;
    private bool _wasUsable;

    public SecureTransport(RtcPeerOptions options, DropCounters drops)
    {
        _options = options;
        _drops = drops;
        Ice = new IceAgent(options.Ice with { Lite = options.IceLite, LocalCandidates = options.LocalCandidates }, IceRole.Controlled, options.Random);
    }

    public IceAgent Ice { get; }

    public RtcPeerState State { get; private set; }

    /// <summary>Why <see cref="State"/> is a final one.</summary>
    public RtcEndReason EndReason { get; private set; }

    /// <summary>Whether packets can be encrypted and have somewhere to go.</summary>
    public bool IsUsable => _srtp is not null && !IsEnded;

    public bool IsEnded => State is RtcPeerState.Failed or RtcPeerState.Closed;

    /// <summary>Whether a description told whom to expect.</summary>
    public bool HasRemote => _dtls is not null;

    public DtlsRole DtlsRole => _dtlsRole;

    /// <summary>OpenSSL's words for a DTLS failure, or null.</summary>
    public string? DtlsFailureDetail => _dtls?.FailureDetail;

    public DtlsStatistics? DtlsStatistics => _dtls?.Statistics;

    public Instant? NextTimeout =>
        IsEnded ? null : Instant.Earliest(Ice.NextTimeout, _dtls?.NextTimeout);

    /// <summary>Applies the transport part of the first remote description.</summary>
    public void SetRemote(
        Instant now, string ufrag, string password, bool remoteIsLite, DtlsRole dtlsRole, IReadOnlyList<DtlsFingerprint> fingerprints)
    {
        _dtlsRole = dtlsRole;
        _dtls = new DtlsEndpoint(
            _options.Certificate, dtlsRole, fingerprints, _options.Dtls with { MaxDatagramSize = _options.MaxPacketSize });
        State = RtcPeerState.Connecting;
        Ice.SetRemoteCredentials(now, ufrag, password, remoteIsLite);
        Update(now);
    }

    /// <summary>
    /// Applies new credentials of the far end: a restart of ICE. DTLS and its keys stay, and so does the path until a new one works.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="ufrag">Of the far end.</param>
    /// <param name="password">Of the far end.</param>
    /// <param name="remoteIsLite">Whether it only answers.</param>
    /// <param name="isOurs">Our side began the new generation already, with our offer.</param>
    public void RestartIce(Instant now, string ufrag, string password, bool remoteIsLite, bool isOurs)
    {
        if (!isOurs)
            Ice.Restart(now);
        Ice.SetRemoteCredentials(now, ufrag, password, remoteIsLite);
        Update(now);
    }

    public void AddRemoteCandidate(Instant now, IceCandidate candidate)
    {
        Ice.AddRemoteCandidate(now, candidate);
        Update(now);
    }

    /// <summary>Handles one datagram; RTP and RTCP are decrypted in place.</summary>
    /// <param name="now">When it arrived.</param>
    /// <param name="path">Where.</param>
    /// <param name="datagram">From anybody.</param>
    /// <param name="length">The length of the plain packet, when the result is not None.</param>
    public TransportInput Handle(Instant now, in DatagramPath path, Span<byte> datagram, out int length)
    {
        length = 0;
        if (datagram.IsEmpty)
        {
            _drops.Count(RtcDropReason.Empty);
            return TransportInput.None;
        }

        if (IsEnded)
        {
            _drops.Count(RtcDropReason.Ended);
            return TransportInput.None;
        }

        switch (datagram[0])
        {
            case <= 3:
                Ice.Handle(now, path, datagram);
                Update(now);
                return TransportInput.None;
            case >= 20 and <= 63:
                HandleDtls(now, path, datagram);
                return TransportInput.None;
            case >= 128 and <= 191:
                return HandleMedia(path, datagram, out length);
            default:
                _drops.Count(RtcDropReason.UnknownProtocol);
                return TransportInput.None;
        }
    }

    public void HandleTimeout(Instant now)
    {
        if (IsEnded)
            return;
        Ice.HandleTimeout(now);
        _dtls?.HandleTimeout(now);
        Update(now);
    }

    /// <summary>Gives the next datagram of ICE or DTLS.</summary>
    public bool TryPollTransmit(Span<byte> buffer, out int length, out DatagramPath path)
    {
        if (Ice.TryPollTransmit(buffer, out length, out path))
            return true;
        while (_dtls is not null && _dtls.TryPollTransmit(buffer, out length))
        {
            if (Ice.SelectedPath is { } selected)
            {
                path = selected;
                return true;
            }

            _drops.Count(RtcDropReason.SendFailed);
        }

        length = 0;
        path = default;
        return false;
    }

    /// <summary>Takes the next data (SCTP) packet that arrived.</summary>
    public bool TryPollData(Span<byte> buffer, out int length)
    {
        length = 0;
        return _srtp is not null && _dtls!.TryPollApplicationData(buffer, out length);
    }

    /// <summary>Encrypts a data packet; the record comes out of <see cref="TryPollTransmit"/>.</summary>
    public bool TrySendData(ReadOnlySpan<byte> packet) => _srtp is not null && _dtls!.TrySendApplicationData(packet);

    /// <summary>Encrypts a media packet in place and says where it goes.</summary>
    public bool TryProtect(Span<byte> buffer, bool isRtcp, ref int length, out DatagramPath path)
    {
        path = Ice.SelectedPath ?? default;
        if (_srtp is not null && Ice.SelectedPath is not null
            && (isRtcp ? _srtp.TryProtectRtcp(buffer, length, out int protectedLength) : _srtp.TryProtectRtp(buffer, length, out protectedLength)))
        {
            length = protectedLength;
            return true;
        }

        _drops.Count(RtcDropReason.SendFailed);
        length = 0;
        return false;
    }

    /// <summary>Ends at once from our side; close_notify follows with <see cref="FinishClose"/>.</summary>
    public void Close() => End(RtcPeerState.Closed, RtcEndReason.LocalClose);

    /// <summary>Queues DTLS's close_notify, after everything else that is to be sent.</summary>
    public void FinishClose(Instant now) => _dtls?.Close(now);

    /// <summary>Everything is sent: nothing more will be.</summary>
    public void Shut() => Ice.Close();

    public void Dispose()
    {
        _dtls?.Dispose();
        _srtp?.Dispose();
    }

    private void HandleDtls(Instant now, in DatagramPath path, ReadOnlySpan<byte> datagram)
    {
        if (_dtlsStarted && Ice.IsVerified(path))
        {
            _dtls!.Handle(now, datagram);
            Update(now);
            return;
        }

        if (_srtp is not null)
        {
            _drops.Count(RtcDropReason.UnverifiedPath);
            return;
        }

        _early ??= new EarlyDatagrams();
        if (!_early.Add(path, datagram))
            _drops.Count(_dtlsStarted ? RtcDropReason.UnverifiedPath : _dtls is null ? RtcDropReason.NoDescription : RtcDropReason.EarlyDtlsOverflow);
    }

    private TransportInput HandleMedia(in DatagramPath path, Span<byte> datagram, out int length)
    {
        length = 0;
        if (_srtp is null)
        {
            _drops.Count(RtcDropReason.MediaBeforeKeys);
            return TransportInput.None;
        }

        if (!Ice.IsVerified(path))
        {
            _drops.Count(RtcDropReason.UnverifiedPath);
            return TransportInput.None;
        }

        bool isRtcp = RtpPacket.IsRtcp(datagram);
        SrtpResult result = isRtcp ? _srtp.UnprotectRtcp(datagram, out length) : _srtp.UnprotectRtp(datagram, out length);
        if (result == SrtpResult.Ok)
            return isRtcp ? TransportInput.Rtcp : TransportInput.Rtp;
        _drops.Count(result switch
        {
            SrtpResult.AuthenticationFailed => isRtcp ? RtcDropReason.RtcpForged : RtcDropReason.RtpForged,
            SrtpResult.Replayed => isRtcp ? RtcDropReason.RtcpReplayed : RtcDropReason.RtpReplayed,
            SrtpResult.TooManySources => RtcDropReason.UnknownStream,
            _ => isRtcp ? RtcDropReason.RtcpMalformed : RtcDropReason.RtpMalformed,
        });
        return TransportInput.None;
    }

    // Everything that may follow from any input, in one place.
    private void Update(Instant now)
    {
        while (Ice.TryPollEvent(out _))
        {
            // State and path are read below; their history does not matter here.
        }

        if (_dtls is not null && !IsEnded)
        {
            StartDtls(now);
            DrainEarly(now);
            DrainDtls(now);
        }

        if (!IsEnded && _dtls is not null)
            UpdateState();
    }

    private void StartDtls(Instant now)
    {
        if (_dtlsStarted || Ice.SelectedPath is null)
            return;
        _dtlsStarted = true;
        _dtls!.Start(now);
    }

    private void DrainEarly(Instant now)
    {
        if (!_dtlsStarted || _early is null)
            return;
        if (_srtp is not null)
        {
            _early = null;
            return;
        }

        // One turn around: what is still unverified goes back to the end.
        for (int i = _early.Count; i > 0; i--)
        {
            ReadOnlySpan<byte> datagram = _early.First(out DatagramPath path);
            if (Ice.IsVerified(path))
            {
                _dtls!.Handle(now, datagram);
                _early.RemoveFirst();
            }
            else
            {
                _early.RemoveFirst();
                _early.Add(path, datagram);
            }
        }
    }

    private void DrainDtls(Instant now)
    {
        while (!IsEnded && _dtls!.TryPollEvent(out DtlsEvent e))
        {
            switch (e.Kind)
            {
                case DtlsEventKind.Connected:
                    _srtp = _dtls.CreateSrtpSession();
                    break;
                case DtlsEventKind.Closed:
                    End(RtcPeerState.Closed, RtcEndReason.RemoteClose);
                    break;
                case DtlsEventKind.Failed:
                    End(RtcPeerState.Failed, e.Reason switch
                    {
                        DtlsFailureReason.FingerprintMismatch => RtcEndReason.FingerprintMismatch,
                        DtlsFailureReason.Timeout => RtcEndReason.DtlsTimeout,
                        _ => RtcEndReason.DtlsFailed,
                    });
                    break;
                default:
                    break;
            }
        }
    }

    private void UpdateState()
    {
        switch (Ice.State)
        {
            case IceState.Failed:
                End(RtcPeerState.Failed, _wasUsable ? RtcEndReason.ConsentExpired : RtcEndReason.IceTimeout);
                break;
            case IceState.Disconnected when _srtp is not null:
                State = RtcPeerState.Disconnected;
                break;
            default:
                _wasUsable |= Ice.SelectedPath is not null;
                State = _srtp is null ? RtcPeerState.Connecting : Ice.SelectedPath is null ? RtcPeerState.Disconnected : RtcPeerState.Connected;
                break;
        }
    }

    private void End(RtcPeerState state, RtcEndReason reason)
    {
        if (IsEnded)
            return;
        State = state;
        EndReason = reason;
        _early = null;
    }
}
