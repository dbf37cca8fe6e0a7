using AgentGateway.Primitives;

namespace AgentGateway.Rtc.Sctp;

/// <summary>
/// One SCTP association over DTLS with its data channels (RFC 9260, 8261, 8831, 8832, 6525, 3758, 9653) as a deterministic engine.
/// After each call the driver drains <see cref="TryPollTransmit"/> and <see cref="TryPollEvent"/> until both are false, then reads
/// <see cref="NextTimeout"/>. Not thread-safe: one owner.
/// </summary>
public sealed class SctpAssociation
{
    private readonly TimerTable<SctpTimer> _timers = new();

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
        _ = isDtlsClient;
        Options = options;
    }

    /// <summary>The options it was made with.</summary>
    public SctpOptions Options { get; }

    /// <summary>Where the association stands.</summary>
    public SctpState State { get; private set; }

    /// <summary>Counters, live.</summary>
    public SctpStatistics Statistics { get; } = new();

    /// <summary>The earliest time at which <see cref="HandleTimeout"/> wants to be called, or null for none.</summary>
    public Instant? NextTimeout => _timers.Next;

    /// <summary>Sends INIT. Both ends may do so; later calls do nothing.</summary>
    public void Start(Instant now) => throw new NotSupportedException();

    /// <summary>Handles one decrypted SCTP packet, which may be hostile: what cannot be used is counted and dropped.</summary>
    public void Handle(Instant now, ReadOnlySpan<byte> packet) => throw new NotSupportedException();

    /// <summary>Runs the timers that are due; early calls are harmless.</summary>
    public void HandleTimeout(Instant now) => throw new NotSupportedException();

    /// <summary>Builds the next packet to send.</summary>
    /// <param name="buffer">At least <see cref="SctpOptions.MaxPacketSize"/> bytes.</param>
    /// <param name="length">The packet's length in bytes; 0 when there is none.</param>
    /// <returns>False when there is nothing to send now.</returns>
    /// <exception cref="ArgumentException">The buffer is too small.</exception>
    public bool TryPollTransmit(Span<byte> buffer, out int length) => throw new NotSupportedException();

    /// <summary>Takes the next event. The payload of the one before is invalid from here on.</summary>
    public bool TryPollEvent(out SctpEvent e) => throw new NotSupportedException();

    /// <summary>Opens a channel, before the association is up too; messages may be sent on it at once.</summary>
    /// <returns>The channel's stream id.</returns>
    /// <exception cref="ArgumentException">The options contradict each other or are out of range.</exception>
    /// <exception cref="InvalidOperationException">The association ended, or no channel is free.</exception>
    public ushort OpenChannel(Instant now, DataChannelOptions options) => throw new NotSupportedException();

    /// <summary>Like <see cref="OpenChannel"/>, but false when the association ended or no channel is free.</summary>
    /// <exception cref="ArgumentException">The options contradict each other or are out of range.</exception>
    public bool TryOpenChannel(Instant now, DataChannelOptions options, out ushort channel) => throw new NotSupportedException();

    /// <summary>Queues a message; it is copied.</summary>
    public DataSendResult Send(Instant now, ushort channel, ReadOnlySpan<byte> message, bool isText) => throw new NotSupportedException();

    /// <summary>Bytes queued on a channel and not yet sent for the first time; 0 for an unknown channel.</summary>
    public long BufferedAmount(ushort channel) => throw new NotSupportedException();

    /// <summary>Moves the threshold of <see cref="SctpEventKind.BufferedAmountLow"/>, in bytes; an unknown channel is ignored.</summary>
    public void SetBufferedAmountLowThreshold(ushort channel, long bytes) => throw new NotSupportedException();

    /// <summary>
    /// Closes a channel in both directions: what is queued is sent first, then the stream is reset, and the peer does likewise
    /// (RFC 8831 section 6.7). <see cref="SctpEventKind.ChannelClosed"/> tells when that is done. An unknown channel is ignored.
    /// </summary>
    public void CloseChannel(Instant now, ushort channel) => throw new NotSupportedException();

    /// <summary>Ends the association after all queued data is acknowledged; ends in <see cref="SctpEventKind.Closed"/>.</summary>
    public void Shutdown(Instant now) => throw new NotSupportedException();

    /// <summary>Ends the association at once with one ABORT to the peer and <see cref="SctpEventKind.Aborted"/> here.</summary>
    public void Abort(Instant now) => throw new NotSupportedException();
}
