using AgentGateway.Primitives;

namespace AgentGateway.Rtc.Sctp;

/// <summary>A TSN that was assigned and is not yet cumulatively acknowledged.</summary>
internal struct SentChunk
{
    /// <summary>The message it is a piece of; null for a TSN that only ends an abandoned message.</summary>
    public OutgoingMessage? Message;
    public int Offset;
    public int Length;
    public Instant SentAt;
    public int Transmissions;
    public SentChunkState State;

    /// <summary>Acknowledgements that reported it missing since it was last sent.</summary>
    public byte MissingReports;
    public bool WasFastRetransmitted;
}
