using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Rtc.Peer.Description;
using AgentGateway.Rtc.Wire.Sdp;

namespace AgentGateway.Rtc.Peer;

/// <summary>
/// One WebRTC connection: offer and answer, ICE, DTLS-SRTP, audio sections with a stream each way, RTCP, data channels. A deterministic state
/// machine without sockets, clocks and threads. After each call that takes <c>now</c>, drain <see cref="TryPollTransmit"/> and
/// <see cref="TryPollEvent"/> until both are false, then read <see cref="NextTimeout"/>. Not thread-safe: one owner.
/// </summary>
public sealed partial class RtcPeer : IDisposable
{
    /// <summary>Buffers given to <see cref="TryPollTransmit"/> need this many bytes, whatever the options say.</summary>
    public const int TransmitBufferSize = 1500;

    private const int DataBufferSize = 16 * 1024;
    private const int MaxWaitingEvents = 256;

    // What passes between DTLS and SCTP is not kept.
    [ThreadStatic]
    private static byte[]? _dataScratch;

    private readonly RtcPeerOptions _options;
    private readonly DropCounters _drops = new();
    private readonly SecureTransport _transport;
    private readonly Queue<RtcPeerEvent> _events = new();
    private SctpAssociation? _sctp;
    private RtcPeerState _reportedState;
    private string _reportedUfrag;
    private string? _reportedPreviousUfrag;
    private Instant? _closedAt;
    private bool _closeNotified;
    private bool _finished;
    private bool _started;
    private long _datagramsSent;
    private long _bytesSent;
    private long _datagramsReceived;
    private long _bytesReceived;

    /// <summary>Creates a peer that waits for <see cref="AcceptOffer"/> or <see cref="CreateOffer"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public RtcPeer(RtcPeerOptions options, Instant now)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _ = now;
        _options = options;
        _transport = new SecureTransport(options, _drops);
        _reportedUfrag = _transport.Ice.LocalUfrag;
        _cname = options.Cname ?? options.Random.NextIceString(16);
        _sessionId = options.Random.NextUInt64() >> 2;
        _preferences = AudioPreferences.From(options);
        _isGathering = options.IsGathering;
        WantsDataChannels = options.AcceptDataChannels;
        _speaking = CreateSection(SdpDirection.SendReceive);
        _waiting.Add(_speaking);
    }

    /// <summary>
    /// Our ICE user name fragment: Binding requests for this peer carry it; a demultiplexer registers it. A restart changes it, which
    /// <see cref="RtcPeerEventKind.IceCredentialsChanged"/> tells.
    /// </summary>
    public string IceUfrag => _transport.Ice.LocalUfrag;

    /// <summary>The one from before a restart while it is still answered, or null; keep it registered too.</summary>
    public string? PreviousIceUfrag => _transport.Ice.PreviousUfrag;

    /// <summary>Whether ICE was restarted and the old path is still the one in use.</summary>
    public bool IsRestartingIce => _transport.Ice.IsRestarting;

    /// <summary>The state of the connection.</summary>
    public RtcPeerState State => _transport.State;

    /// <summary>Why <see cref="State"/> is a final one.</summary>
    public RtcEndReason EndReason => _transport.EndReason;

    /// <summary>OpenSSL's words for a DTLS failure, for a log; null when there was none.</summary>
    public string? FailureDetail => _transport.DtlsFailureDetail;

    /// <summary>Whether data channels were negotiated.</summary>
    public bool HasDataChannels => _sctp is not null;

    /// <summary>Where datagrams go now, or null while no path works.</summary>
    public DatagramPath? SelectedPath => _transport.Ice.SelectedPath;

    /// <summary>When <see cref="HandleTimeout"/> wants to be called, or null for none.</summary>
    public Instant? NextTimeout => _transport.IsEnded
        ? null
        : Instant.Earliest(_transport.NextTimeout, Instant.Earliest(_started ? _streams.NextTimeout : null, _sctp?.NextTimeout));

    /// <summary>Handles one datagram from anybody; bad ones are counted. Its bytes are decrypted in place.</summary>
    /// <param name="now">When it arrived.</param>
    /// <param name="path">Where it arrived and who sent it.</param>
    /// <param name="datagram">Its bytes; unspecified afterwards.</param>
    public void Handle(Instant now, in DatagramPath path, Span<byte> datagram)
    {
        _datagramsReceived++;
        _bytesReceived += datagram.Length;
        DropUnpolledAudio();
        switch (_transport.Handle(now, path, datagram, out int length))
        {
            case TransportInput.Rtp:
                HandleRtp(now, datagram[..length]);
                break;
            case TransportInput.Rtcp:
                HandleRtcp(now, datagram[..length]);
                break;
            default:
                Update(now);
                break;
        }
    }

    /// <summary>Runs the timers that are due; early calls are harmless.</summary>
    public void HandleTimeout(Instant now)
    {
        if (_transport.IsEnded)
            return;
        _transport.HandleTimeout(now);
        if (_started)
            _streams.HandleTimeout(now);
        _sctp?.HandleTimeout(now);
        Update(now);
    }

    /// <summary>Builds the next datagram to send.</summary>
    /// <param name="buffer">At least <see cref="TransmitBufferSize"/> bytes.</param>
    /// <param name="length">Bytes written.</param>
    /// <param name="path">From where to where.</param>
    /// <returns>False when there is nothing to send now.</returns>
    /// <exception cref="ArgumentException">The buffer is too small.</exception>
    public bool TryPollTransmit(Span<byte> buffer, out int length, out DatagramPath path)
    {
        if (buffer.Length < TransmitBufferSize)
            throw new ArgumentException($"The buffer has less than {TransmitBufferSize} bytes.", nameof(buffer));
        if (!TryBuild(buffer, out length, out path))
            return false;
        _datagramsSent++;
        _bytesSent += length;
        return true;
    }

    /// <summary>Takes the next event. The message payload of the one before is invalid from here on.</summary>
    public bool TryPollEvent(out RtcPeerEvent e)
    {
        if (_events.TryDequeue(out e))
            return true;
        if (TryTakeAudio(out e))
            return true;

        while (_sctp is not null && _sctp.TryPollEvent(out SctpEvent data))
        {
            if (TryConvert(data, out e))
                return true;
        }

        e = default;
        return false;
    }

    /// <summary>Opens a data channel; before the connection is up too, and messages may be sent on it at once.</summary>
    /// <returns>The channel's id.</returns>
    /// <exception cref="InvalidOperationException">No data channels were negotiated (<see cref="HasDataChannels"/>), or none is free.</exception>
    public ushort OpenChannel(Instant now, DataChannelOptions options)
    {
        if (_sctp is null || _transport.IsEnded)
            throw new InvalidOperationException("No data channels were negotiated, or the peer has ended.");
        return _sctp.OpenChannel(now, options);
    }

    /// <summary>Queues a message; it is copied.</summary>
    public DataSendResult SendMessage(Instant now, ushort channel, ReadOnlySpan<byte> data, bool isText) =>
        _sctp is null || _transport.IsEnded ? DataSendResult.ClosedChannel : _sctp.Send(now, channel, data, isText);

    /// <summary>Bytes queued on a channel and not sent yet.</summary>
    public long BufferedAmount(ushort channel) => _sctp?.BufferedAmount(channel) ?? 0;

    /// <summary>Closes a channel after what is queued on it was sent; an unknown one is ignored.</summary>
    public void CloseChannel(Instant now, ushort channel)
    {
        if (!_transport.IsEnded)
            _sctp?.CloseChannel(now, channel);
    }

    /// <summary>
    /// Hangs up: BYE, an SCTP abort and DTLS's close_notify come out of <see cref="TryPollTransmit"/>, then nothing more. The state is
    /// Closed at once. Each goodbye is sent once; when it is lost, the far end notices by itself.
    /// </summary>
    public void Close(Instant now)
    {
        if (_transport.IsEnded)
            return;
        _closedAt = now;
        if (_started)
        {
            foreach (RtcAudioSection section in _active)
                section.Streams.End(now);
            _sctp?.Abort(now);
        }

        _transport.Close();
        ReportState();
    }

    /// <summary>Frees keys and native memory, and gives buffers back. Sends nothing: call <see cref="Close"/> and poll before.</summary>
    public void Dispose()
    {
        _transport.Dispose();
        DropUnpolledAudio();
        _audioBuffer.Release();
        _streams.Feedback.Release();
        foreach (RtcAudioSection section in _active)
            section.Streams.Release();
    }

    private static Span<byte> DataScratch => _dataScratch ??= new byte[DataBufferSize];

    private bool TryBuild(Span<byte> buffer, out int length, out DatagramPath path)
    {
        while (!_finished)
        {
            if (_transport.TryPollTransmit(buffer, out length, out path) || TryBuildMedia(buffer, out length, out path))
                return true;
            if (_started && _sctp is not null && (!_transport.IsEnded || _closedAt is not null)
                && _sctp.TryPollTransmit(DataScratch, out int dataLength))
            {
                if (!_transport.TrySendData(DataScratch[..dataLength]))
                    _drops.Count(RtcDropReason.SendFailed);
                continue;
            }

            if (_closedAt is not { } closedAt)
                return false;
            if (!_closeNotified)
            {
                _closeNotified = true;
                _transport.FinishClose(closedAt);
                continue;
            }

            _finished = true;
            _transport.Shut();
        }

        length = 0;
        path = default;
        return false;
    }

    // Everything that may follow from any input, in one place.
    private void Update(Instant now)
    {
        if (_transport.IsUsable && !_started)
        {
            _started = true;
            foreach (RtcAudioSection section in _active)
                section.Streams.Start(now);
            _sctp?.Start(now);
        }

        while (_transport.TryPollData(DataScratch, out int length))
        {
            if (_sctp is null)
                _drops.Count(RtcDropReason.UnexpectedData);
            else
                _sctp.Handle(now, DataScratch[..length]);
        }

        ReportCredentials();
        ReportState();
    }

    private void ReportCredentials()
    {
        if (_reportedUfrag == _transport.Ice.LocalUfrag && _reportedPreviousUfrag == _transport.Ice.PreviousUfrag)
            return;
        _reportedUfrag = _transport.Ice.LocalUfrag;
        _reportedPreviousUfrag = _transport.Ice.PreviousUfrag;
        Raise(new RtcPeerEvent { Kind = RtcPeerEventKind.IceCredentialsChanged, State = State });
    }

    private void ReportState()
    {
        if (_reportedState == _transport.State)
            return;
        _reportedState = _transport.State;
        Raise(new RtcPeerEvent { Kind = RtcPeerEventKind.ConnectionStateChanged, State = _reportedState, Reason = _transport.EndReason });
    }

    private void Raise(in RtcPeerEvent e)
    {
        // States are few and must not be lost; whoever does not poll for this long has lost the rest anyway.
        if (_events.Count >= MaxWaitingEvents && e.Kind is not (RtcPeerEventKind.ConnectionStateChanged or RtcPeerEventKind.IceCredentialsChanged))
            _drops.Count(RtcDropReason.EventOverflow);
        else
            _events.Enqueue(e);
    }

    private static bool TryConvert(in SctpEvent data, out RtcPeerEvent e)
    {
        RtcPeerEventKind? kind = data.Kind switch
        {
            SctpEventKind.ChannelOpened => RtcPeerEventKind.ChannelOpened,
            SctpEventKind.ChannelClosed => RtcPeerEventKind.ChannelClosed,
            SctpEventKind.Message => RtcPeerEventKind.ChannelMessage,
            SctpEventKind.BufferedAmountLow => RtcPeerEventKind.ChannelBufferedAmountLow,
            SctpEventKind.Closed or SctpEventKind.Aborted => RtcPeerEventKind.DataChannelsClosed,
            _ => null,
        };
        e = kind is not { } known ? default : new RtcPeerEvent
        {
            Kind = known,
            ChannelId = data.ChannelId,
            Channel = data.Channel,
            OpenedByRemote = data.OpenedByRemote,
            IsText = data.IsText,
            Payload = data.Payload,
            DataReason = data.Reason,
        };
        return kind is not null;
    }
}
