using System.Buffers.Binary;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Wire.Sctp;

namespace AgentGateway.Rtc.Sctp;

/// <summary>
/// One SCTP association over DTLS with its data channels (RFC 9260, 8261, 8831, 8832, 6525, 3758, 9653) as a deterministic engine.
/// After each call the driver drains <see cref="TryPollTransmit"/> and <see cref="TryPollEvent"/> until both are false, then reads
/// <see cref="NextTimeout"/>. Not thread-safe: one owner.
/// </summary>
public sealed partial class SctpAssociation
{
    private const int MaxResetsAtOnce = 64;

    private readonly SctpContext _context;
    private readonly ControlQueue _replies;
    private readonly Handshake _handshake;
    private readonly HeartbeatMonitor _heartbeat;
    private readonly SendQueue _queue;
    private readonly DataChannels _channels;
    private Sender? _sender;
    private Receiver? _receiver;
    private StreamResetter? _resetter;
    private bool _shutdownDue;

    /// <summary>Creates an idle association.</summary>
    /// <param name="options">Limits and timings.</param>
    /// <param name="isDtlsClient">Whether we are the DTLS client, which opens channels on even streams (RFC 8832 section 6).</param>
    /// <param name="random">Source of tags, TSNs and the cookie key.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public SctpAssociation(SctpOptions options, bool isDtlsClient, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        options.Validate();
        _context = new SctpContext(options, random);
        _replies = new ControlQueue(_context);
        _handshake = new Handshake(_context, _replies);
        _heartbeat = new HeartbeatMonitor(_context, _replies);
        _queue = new SendQueue(_context);
        _channels = new DataChannels(_context, _queue, isDtlsClient);
        Statistics.RetransmissionTimeout = options.RtoInitial;
    }

    /// <summary>The options it was made with.</summary>
    public SctpOptions Options => _context.Options;

    /// <summary>Where the association stands.</summary>
    public SctpState State { get; private set; }

    /// <summary>Counters, live; window and round-trip values are those of the last call.</summary>
    public SctpStatistics Statistics => _context.Statistics;

    /// <summary>The earliest time at which <see cref="HandleTimeout"/> wants to be called, or null for none.</summary>
    public Instant? NextTimeout => _context.Timers.Next;

    /// <summary>Sends INIT. Both ends may do so; later calls do nothing.</summary>
    public void Start(Instant now)
    {
        _context.Advance(now);
        if (State != SctpState.New)
            return;
        State = SctpState.CookieWait;
        _handshake.SendInit();
    }

    /// <summary>Handles one decrypted SCTP packet, which may be hostile: what cannot be used is counted and dropped.</summary>
    public void Handle(Instant now, ReadOnlySpan<byte> packet)
    {
        _context.Advance(now);
        Statistics.PacketsReceived++;
        HandlePacket(packet);
        _sender?.UpdateStatistics(Statistics);
    }

    /// <summary>Runs the timers that are due; early calls are harmless.</summary>
    public void HandleTimeout(Instant now)
    {
        _context.Advance(now);
        while (_context.Timers.TryPopExpired(_context.Now, out SctpTimer timer))
            HandleTimer(timer);
        _sender?.UpdateStatistics(Statistics);
    }

    /// <summary>Builds the next packet to send.</summary>
    /// <param name="buffer">At least <see cref="SctpOptions.MaxPacketSize"/> bytes.</param>
    /// <param name="length">The packet's length in bytes; 0 when there is none.</param>
    /// <returns>False when there is nothing to send now.</returns>
    /// <exception cref="ArgumentException">The buffer is too small.</exception>
    public bool TryPollTransmit(Span<byte> buffer, out int length)
    {
        if (buffer.Length < Options.MaxPacketSize)
            throw new ArgumentException($"A packet may take {Options.MaxPacketSize} bytes.", nameof(buffer));
        length = BuildPacket(buffer[.._context.PacketSize]);
        if (length == 0)
            return false;
        Statistics.PacketsSent++;
        return true;
    }

    /// <summary>Takes the next event. The payload of the one before is invalid from here on.</summary>
    public bool TryPollEvent(out SctpEvent e)
    {
        bool taken = _context.Events.TryTake(out e);
        if (taken && e.Kind == SctpEventKind.Message)
            _receiver?.HandleConsumed();
        return taken;
    }

    /// <summary>Opens a channel, before the association is up too; messages may be sent on it at once.</summary>
    /// <returns>The channel's stream id.</returns>
    /// <exception cref="ArgumentException">The options contradict each other or are out of range.</exception>
    /// <exception cref="InvalidOperationException">The association ended, or no channel is free.</exception>
    public ushort OpenChannel(Instant now, DataChannelOptions options) =>
        TryOpenChannel(now, options, out ushort channel)
            ? channel
            : throw new InvalidOperationException("The association ended, the stream is in use, or there are too many channels.");

    /// <summary>Like <see cref="OpenChannel"/>, but false when the association ended or no channel is free.</summary>
    /// <exception cref="ArgumentException">The options contradict each other or are out of range.</exception>
    public bool TryOpenChannel(Instant now, DataChannelOptions options, out ushort channel)
    {
        _context.Advance(now);
        channel = 0;
        return State <= SctpState.Established && _channels.TryOpen(options, out channel);
    }

    /// <summary>Queues a message; it is copied.</summary>
    public DataSendResult Send(Instant now, ushort channel, ReadOnlySpan<byte> message, bool isText)
    {
        _context.Advance(now);
        return State <= SctpState.Established
            ? _channels.Send(_context.Now, channel, message, isText)
            : DataSendResult.ClosedChannel;
    }

    /// <summary>Bytes queued on a channel and not yet sent for the first time; 0 for an unknown channel.</summary>
    public long BufferedAmount(ushort channel) =>
        _channels.TryGet(channel, out DataChannel found) ? found.Stream.BufferedAmount : 0;

    /// <summary>
    /// Closes a channel in both directions: what is queued is sent first, then the stream is reset, and the peer does likewise
    /// (RFC 8831 section 6.7). <see cref="SctpEventKind.ChannelClosed"/> tells when that is done. An unknown channel is ignored.
    /// </summary>
    public void CloseChannel(Instant now, ushort channel)
    {
        _context.Advance(now);
        _channels.Close(channel);
    }

    /// <summary>Ends the association after all queued data is acknowledged; ends in <see cref="SctpEventKind.Closed"/>.</summary>
    public void Shutdown(Instant now)
    {
        _context.Advance(now);
        if (State < SctpState.Established)
        {
            End(SctpEventKind.Closed, SctpCloseReason.None);
        }
        else if (State == SctpState.Established)
        {
            State = SctpState.ShutdownPending;
            _context.Timers.Set(SctpTimer.ShutdownGuard, _context.Now + (Options.RtoMax * 5));
            AdvanceShutdown();
        }
    }

    /// <summary>Ends the association at once with one ABORT to the peer and <see cref="SctpEventKind.Aborted"/> here.</summary>
    public void Abort(Instant now)
    {
        _context.Advance(now);
        if (State != SctpState.Closed)
            AbortWith(SctpErrorCause.UserInitiatedAbort, SctpCloseReason.LocalAbort);
    }

    private int BuildPacket(Span<byte> buffer)
    {
        if (_replies.TryPeek(out ControlChunk reply) && reply.IsAlone)
        {
            SctpPacketWriter alone = NewPacket(buffer, reply.Tag);
            alone.AddEncoded(reply.Encoded);
            _replies.Remove();
            return alone.Finish(zeroChecksum: false);
        }

        if (State is SctpState.CookieWait or SctpState.CookieEchoed)
        {
            SctpPacketWriter setup = NewPacket(buffer, State == SctpState.CookieEchoed ? _handshake.Peer.Tag : 0);
            return _handshake.TryAddTo(ref setup, State) ? setup.Finish(zeroChecksum: false) : 0;
        }

        if (_sender is null || _receiver is null || _resetter is null)
            return 0;
        SctpPacketWriter writer = NewPacket(buffer, _handshake.Peer.Tag);
        while (_replies.TryPeek(out reply) && !reply.IsAlone && ((reply.Length + 3) & ~3) <= writer.Remaining)
        {
            writer.AddEncoded(reply.Encoded);
            _replies.Remove();
        }

        AddShutdown(ref writer);
        if (_receiver.IsAckDue || (_receiver.IsAckPending && (!writer.IsEmpty || _sender.HasWork)))
            _receiver.AddSack(ref writer);
        if (State == SctpState.Established)
            RequestResets(_sender, _resetter);
        _resetter.AddTo(ref writer);
        if (State is SctpState.Established or SctpState.ShutdownPending or SctpState.ShutdownReceived)
        {
            _sender.AddForwardTsn(ref writer);
            _sender.Fill(ref writer);
            // Filling may have dropped the last messages, expired before they were sent.
            AdvanceShutdown();
            if (writer.IsEmpty)
                AddShutdown(ref writer);
        }

        return writer.IsEmpty ? 0 : writer.Finish(Options.SendZeroChecksum && _handshake.Peer.AcceptsZeroChecksum);
    }

    private SctpPacketWriter NewPacket(Span<byte> buffer, uint tag) => new(buffer, Options.LocalPort, Options.RemotePort, tag);

    private void RequestResets(Sender sender, StreamResetter resetter)
    {
        if (!_channels.HasClosing || resetter.IsBusy)
            return;
        Span<ushort> streams = stackalloc ushort[MaxResetsAtOnce];
        int count = _channels.CollectResets(streams);
        if (count > 0)
            resetter.Request(streams[..count], sender.LastTsn);
    }

    private void AddShutdown(ref SctpPacketWriter writer)
    {
        if (!_shutdownDue)
            return;
        _shutdownDue = false;
        if (State == SctpState.ShutdownSent)
        {
            Span<byte> value = writer.AddChunk(SctpChunkType.Shutdown, 0, sizeof(uint));
            BinaryPrimitives.WriteUInt32BigEndian(value, _receiver!.CumulativeTsn);
        }
        else if (State == SctpState.ShutdownAckSent)
        {
            writer.AddChunk(SctpChunkType.ShutdownAck, 0, 0);
        }

        _context.Timers.Set(SctpTimer.Shutdown, _context.Now + _context.Rto.Current);
    }
}
