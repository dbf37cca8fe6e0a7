namespace AgentGateway.Rtc.Streams;

/// <summary>An accepted packet with its counters extended; the payload stays in the caller's datagram.</summary>
internal readonly record struct ReceivedAudioPacket
{
    public required uint Ssrc { get; init; }

    public required long Sequence { get; init; }

    public required long Timestamp { get; init; }

    public required byte PayloadType { get; init; }

    public required bool Marker { get; init; }

    public required byte? AudioLevel { get; init; }

    /// <summary>Whether this is the first packet of a new stream.</summary>
    public required bool IsNewStream { get; init; }

    /// <summary>Whether this is a copy that came in a later packet (RFC 2198).</summary>
    public bool IsRecovered { get; init; }

    /// <summary>Where the payload lies in the datagram.</summary>
    public required Range Payload { get; init; }
}
