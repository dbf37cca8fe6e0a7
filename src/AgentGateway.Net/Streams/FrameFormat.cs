namespace AgentGateway.Net.Streams;

/// <summary>How a byte stream is cut into messages.</summary>
internal enum FrameFormat
{
    /// <summary>STUN messages and ChannelData, which tell their own length: streams to TURN servers.</summary>
    Stun,

    /// <summary>A 16-bit length before each datagram (RFC 4571): ICE-TCP.</summary>
    LengthPrefix,
}
