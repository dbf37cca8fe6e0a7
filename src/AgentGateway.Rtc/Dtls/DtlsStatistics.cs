namespace AgentGateway.Rtc.Dtls;

/// <summary>Counters of a <see cref="DtlsEndpoint"/> since it was made.</summary>
public readonly record struct DtlsStatistics
{
    /// <summary>Datagrams handed out by TryPollTransmit.</summary>
    public long DatagramsSent { get; init; }

    /// <summary>Datagrams given to Handle.</summary>
    public long DatagramsReceived { get; init; }

    /// <summary>Flights sent again because no answer came in time.</summary>
    public int Retransmissions { get; init; }

    /// <summary>Dropped on receipt: not started, or already over.</summary>
    public long DroppedNotActive { get; init; }

    /// <summary>Dropped on receipt: no well-formed DTLS 1.x records.</summary>
    public long DroppedMalformed { get; init; }

    /// <summary>Dropped on receipt: during the handshake, more than is kept of an unfinished flight, or contradicting what is kept.</summary>
    public long DroppedExcess { get; init; }

    /// <summary>Dropped on receipt: during the handshake, nothing that was not there already.</summary>
    public long DroppedDuplicate { get; init; }

    /// <summary>Datagrams or application data dropped because the caller did not poll and the queue was full.</summary>
    public long DroppedQueueFull { get; init; }
}
