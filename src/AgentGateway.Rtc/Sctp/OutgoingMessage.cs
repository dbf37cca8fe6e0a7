using AgentGateway.Primitives;

namespace AgentGateway.Rtc.Sctp;

/// <summary>A message to be sent, in a pooled buffer. The object itself is reused by <see cref="SendQueue"/>.</summary>
internal sealed class OutgoingMessage
{
    /// <summary>Bookkeeping charged for each message, so that the send buffer's size bounds the memory for one-byte messages too.</summary>
    public const int Overhead = 64;

    public byte[] Buffer { get; set; } = [];

    public int Length { get; set; }

    public OutboundStream? Stream { get; set; }

    public uint PayloadProtocol { get; set; }

    public bool IsUnordered { get; set; }

    /// <summary>Whether the application's buffered amount includes it; DCEP messages do not count.</summary>
    public bool IsUserMessage { get; set; }

    public uint? MaxRetransmissions { get; set; }

    public Instant? ExpiresAt { get; set; }

    /// <summary>The stream sequence number, once the first chunk was cut.</summary>
    public ushort Sequence { get; set; }

    /// <summary>Bytes cut into chunks so far.</summary>
    public int Produced { get; set; }

    /// <summary>Chunks that still refer to it.</summary>
    public int References { get; set; }

    public bool IsAbandoned { get; set; }

    public bool IsStarted => Produced > 0;

    public bool IsComplete => Produced == Length;
}
