using AgentGateway.Primitives;
using AgentGateway.Rtc.Dtls.Interop;
using AgentGateway.Rtc.Srtp;

namespace AgentGateway.Rtc.Dtls;

/// <summary>
/// One end of a DTLS 1.2 connection over a datagram path (RFC 6347) with DTLS-SRTP (RFC 5764), on OpenSSL. A pure engine:
/// it is told the time, and retransmits by its own schedule only. Not thread-safe: one owner.
/// </summary>
/// <remarks>
/// The driver calls one of the Handle methods (or Start, Close, TrySendApplicationData), then drains
/// <see cref="TryPollTransmit"/>, <see cref="TryPollEvent"/> and <see cref="TryPollApplicationData"/>, then reads
/// <see cref="NextTimeout"/>. No event Connected is given and no key can be exported unless the peer proved possession of
/// a certificate with one of the announced fingerprints (RFC 8827 section 5.6.1).
/// </remarks>
public sealed class DtlsEndpoint : IDisposable
{
    private const int OutgoingCapacity = 64 * 1024;
    private const int IncomingCapacity = 256 * 1024;

    private readonly SslConnection _connection;
    private readonly DtlsOptions _options;
    private readonly TimerTable<DtlsTimer> _timers = new();
    private readonly DatagramQueue _outgoing = new(OutgoingCapacity);
    private readonly DatagramQueue _incoming = new(IncomingCapacity);
    private readonly Queue<DtlsEvent> _events = new();
    private TimeSpan _retransmitTimeout;
    private DtlsFlightAssembler? _assembler;
    private SrtpProfile? _srtpProfile;
    private long _sent;
    private long _received;
    private int _retransmissions;
    private long _droppedNotActive;
    private long _droppedMalformed;
    private long _droppedExcess;
    private long _droppedDuplicate;
    private bool _disposed;

    /// <summary>Makes an endpoint; nothing is sent before <see cref="Start"/>.</summary>
    /// <param name="certificate">Own certificate; may be disposed while endpoints live.</param>
    /// <param name="role">Client or server of the handshake.</param>
    /// <param name="remoteFingerprints">All fingerprints the peer's SDP announced; any one suffices. With none, every peer is refused.</param>
    /// <param name="options">Sizes, timers, SRTP profiles.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public DtlsEndpoint(
        DtlsCertificate certificate, DtlsRole role, IReadOnlyList<DtlsFingerprint> remoteFingerprints, DtlsOptions options)
    {
        options.Validate();
        _options = options;
        Role = role;
        _retransmitTimeout = options.InitialRetransmitTimeout;
        _connection = new SslConnection(certificate.Context, role, remoteFingerprints, options, _outgoing);
    }

    /// <summary>Client or server.</summary>
    public DtlsRole Role { get; }

    /// <summary>Where the connection stands.</summary>
    public DtlsState State { get; private set; }

    /// <summary>When <see cref="HandleTimeout"/> wants to be called; null for never.</summary>
    public Instant? NextTimeout => _timers.Next;

    /// <summary>Largest application data in bytes, one record in one datagram.</summary>
    public int MaxApplicationDataLength => _options.MaxDatagramSize - DtlsRecords.HeaderLength - DtlsRecords.AeadOverhead;

    /// <summary>The SRTP profile agreed on.</summary>
    /// <exception cref="InvalidOperationException">Not connected yet.</exception>
    public SrtpProfile SrtpProfile => _srtpProfile ?? throw new InvalidOperationException("Not connected.");

    /// <summary>OpenSSL's words for the failure, for a log; null unless failed. Never contains what the peer sent.</summary>
    public string? FailureDetail { get; private set; }

    /// <summary>Counters.</summary>
    public DtlsStatistics Statistics => new()
    {
        DatagramsSent = _sent,
        DatagramsReceived = _received,
        Retransmissions = _retransmissions,
        DroppedNotActive = _droppedNotActive,
        DroppedMalformed = _droppedMalformed,
        DroppedExcess = _droppedExcess,
        DroppedDuplicate = _droppedDuplicate,
        DroppedQueueFull = _outgoing.Dropped + _incoming.Dropped,
    };

    /// <summary>Begins the handshake: the client sends its ClientHello, the server listens. Once.</summary>
    public void Start(Instant now)
    {
        if (State != DtlsState.New)
            throw new InvalidOperationException("Already started.");
        State = DtlsState.Handshaking;
        _assembler = new DtlsFlightAssembler(Role);
        _timers.Set(DtlsTimer.Handshake, now + _options.HandshakeTimeout);
        if (Role == DtlsRole.Client)
            AdvanceHandshake(now, []);
    }

    /// <summary>Takes one received datagram.</summary>
    public void Handle(Instant now, ReadOnlySpan<byte> datagram)
    {
        _received++;
        if (State is not (DtlsState.Handshaking or DtlsState.Connected))
        {
            _droppedNotActive++;
            return;
        }

        if (!DtlsRecords.TryRead(datagram))
        {
            _droppedMalformed++;
            return;
        }

        if (State == DtlsState.Connected)
        {
            ReadApplicationData(datagram);
            return;
        }

        switch (_assembler!.Add(datagram, out ReadOnlySpan<byte> flight))
        {
            case DtlsFlightAssembler.Outcome.Ready:
                AdvanceHandshake(now, flight);
                break;
            case DtlsFlightAssembler.Outcome.Duplicate:
                _droppedDuplicate++;
                break;
            case DtlsFlightAssembler.Outcome.Excess:
                _droppedExcess++;
                break;
        }
    }

    /// <summary>Does what was due by <paramref name="now"/>: a retransmission, or giving up.</summary>
    public void HandleTimeout(Instant now)
    {
        while (_timers.TryPopExpired(now, out DtlsTimer timer))
        {
            if (timer == DtlsTimer.Handshake)
                Fail(DtlsFailureReason.Timeout, "handshake timeout");
            else
                Retransmit(now);
        }
    }

    /// <summary>
    /// Sends application data as one record in one datagram. False when it was not queued: not connected, longer than
    /// <see cref="MaxApplicationDataLength"/>, or the transmit queue is full.
    /// </summary>
    public bool TrySendApplicationData(ReadOnlySpan<byte> data)
    {
        if (State != DtlsState.Connected || data.Length == 0 || data.Length > MaxApplicationDataLength)
            return false;
        long dropped = _outgoing.Dropped;
        SslStatus status = _connection.Write(data);
        if (status == SslStatus.Failed)
            Fail(Reason(), _connection.LastError.Text);
        return status == SslStatus.Done && _outgoing.Dropped == dropped;
    }

    /// <summary>Takes the next datagram to send, of at most <see cref="DtlsOptions.MaxDatagramSize"/> bytes.</summary>
    public bool TryPollTransmit(Span<byte> buffer, out int length)
    {
        if (!_outgoing.TryDequeue(buffer, out length))
            return false;
        _sent++;
        return true;
    }

    /// <summary>Takes the next event.</summary>
    public bool TryPollEvent(out DtlsEvent e) => _events.TryDequeue(out e);

    /// <summary>Takes the content of one received record of application data.</summary>
    public bool TryPollApplicationData(Span<byte> buffer, out int length) => _incoming.TryDequeue(buffer, out length);

    /// <summary>
    /// Writes the keying material for <see cref="SrtpSession.Create"/> (RFC 5764 section 4.2):
    /// exactly <see cref="SrtpProfileExtensions.KeyingMaterialLength"/> bytes of the agreed profile.
    /// </summary>
    /// <exception cref="InvalidOperationException">Not connected.</exception>
    public void ExportSrtpKeys(Span<byte> destination)
    {
        if (State != DtlsState.Connected)
            throw new InvalidOperationException("Not connected.");
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, SrtpProfile.KeyingMaterialLength());
        _connection.Export("EXTRACTOR-dtls_srtp"u8, destination);
    }

    /// <summary>Makes the SRTP session of this connection; the keys are cleared from the stack.</summary>
    /// <exception cref="InvalidOperationException">Not connected.</exception>
    public SrtpSession CreateSrtpSession()
    {
        Span<byte> material = stackalloc byte[SrtpProfile.KeyingMaterialLength()];
        ExportSrtpKeys(material);
        try
        {
            return SrtpSession.Create(SrtpProfile, material, Role == DtlsRole.Client);
        }
        finally
        {
            material.Clear();
        }
    }

    /// <summary>Ends the connection with close_notify, or silently when it is not up. Gives no event.</summary>
    public void Close(Instant now)
    {
        if (State == DtlsState.Connected)
            _connection.Shutdown();
        if (State != DtlsState.Failed)
            State = DtlsState.Closed;
        _timers.ClearAll();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        State = DtlsState.Closed;
        _timers.ClearAll();
        _connection.Dispose();
        _outgoing.Release();
        _incoming.Release();
    }

    private void AdvanceHandshake(Instant now, ReadOnlySpan<byte> datagram)
    {
        SslStatus status = _connection.Handshake(datagram);
        if (status == SslStatus.Failed)
        {
            Fail(Reason(), _connection.LastError.Text);
            return;
        }

        if (status == SslStatus.Done)
        {
            FinishHandshake();
            return;
        }

        if (_connection.TakeNewFlight())
        {
            _retransmitTimeout = _options.InitialRetransmitTimeout;
            _timers.Set(DtlsTimer.Retransmit, now + _retransmitTimeout);
        }
    }

    private void FinishHandshake()
    {
        _timers.ClearAll();
        _assembler = null;
        // OpenSSL cannot come here without the verify callback having agreed; a second look costs nothing.
        if (!_connection.CertificateMatched)
        {
            _connection.Shutdown();
            Fail(DtlsFailureReason.FingerprintMismatch, "no certificate was verified");
            return;
        }

        if (_connection.SelectedSrtpProfile() is not { } profile || !_options.SrtpProfiles.Contains(profile))
        {
            _connection.Shutdown();
            Fail(DtlsFailureReason.NoCommonSrtpProfile, "no common SRTP profile");
            return;
        }

        _srtpProfile = profile;
        State = DtlsState.Connected;
        _events.Enqueue(new DtlsEvent(DtlsEventKind.Connected));
        // Application data may have come in the same datagram as the peer's Finished, or before it.
        ReadApplicationData([]);
    }

    private void ReadApplicationData(ReadOnlySpan<byte> datagram)
    {
        // A record's plain text is shorter than the record; buffered ones came in datagrams as well.
        int most = Math.Max(datagram.Length, 2048);
        Span<byte> discard = stackalloc byte[2048];
        for (bool first = true; ; first = false)
        {
            bool keeps = _incoming.TryReserve(most, out Span<byte> reserved);
            Span<byte> space = keeps ? reserved : discard;
            SslStatus status = first ? _connection.Read(datagram, space, out int length) : _connection.ReadMore(space, out length);
            if (status == SslStatus.Done)
            {
                if (keeps)
                    _incoming.Commit(length);
                else
                    _incoming.CountDropped();
                continue;
            }

            _incoming.ReleaseIfEmpty();

            if (status == SslStatus.Closed)
            {
                _connection.Shutdown();
                State = DtlsState.Closed;
                _timers.ClearAll();
                _events.Enqueue(new DtlsEvent(DtlsEventKind.Closed));
            }
            else if (status == SslStatus.Failed)
            {
                Fail(Reason(), _connection.LastError.Text);
            }

            return;
        }
    }

    private void Retransmit(Instant now)
    {
        if (State != DtlsState.Handshaking || !_connection.IsTimerRunning)
            return;
        if (_connection.Retransmit(out SslStatus status))
            _retransmissions++;
        if (status == SslStatus.Failed)
        {
            Fail(DtlsFailureReason.Timeout, _connection.LastError.Text);
            return;
        }

        _retransmitTimeout = TimeSpan.FromTicks(Math.Min(_retransmitTimeout.Ticks * 2, _options.MaxRetransmitTimeout.Ticks));
        _timers.Set(DtlsTimer.Retransmit, now + _retransmitTimeout);
    }

    private DtlsFailureReason Reason()
    {
        SslError error = _connection.LastError;
        if (_connection.CertificateRefused)
            return DtlsFailureReason.FingerprintMismatch;
        if (error.IsNoPeerCertificate)
            return DtlsFailureReason.NoCertificate;
        return error.IsPeerAlert ? DtlsFailureReason.PeerAlert : DtlsFailureReason.ProtocolError;
    }

    private void Fail(DtlsFailureReason reason, string detail)
    {
        State = DtlsState.Failed;
        FailureDetail = detail;
        _timers.ClearAll();
        _events.Enqueue(new DtlsEvent(DtlsEventKind.Failed, reason));
    }
}
