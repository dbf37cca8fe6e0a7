namespace AgentGateway.Audio;

/// <summary>What a jitter buffer has to know of a packet.</summary>
/// <param name="Samples">Its length at 48 kHz: 120..5760.</param>
/// <param name="FrameSamples">The length of its first frame at 48 kHz: how much its forward error correction restores.</param>
/// <param name="HasFec">Whether it carries a copy of the frame before.</param>
/// <param name="IsDtx">Whether the sender stops transmitting with it because of silence.</param>
public readonly record struct AudioPacketShape(int Samples, int FrameSamples, bool HasFec, bool IsDtx)
{
    /// <summary>Whether the payload is a comfort noise description (RFC 3389) and not the codec's.</summary>
    public bool IsComfortNoise { get; init; }
}
