namespace AgentGateway.Audio;

/// <summary>What the header of an Opus packet says.</summary>
/// <param name="Mode">Coding mode.</param>
/// <param name="BandwidthHz">Audio bandwidth: 4000, 6000, 8000, 12000 or 20000 Hz.</param>
/// <param name="IsStereo">Whether the packet codes two channels.</param>
/// <param name="FrameSamples">Length of each frame at 48 kHz: 120..2880.</param>
/// <param name="FrameCount">Frames in the packet: 1..48.</param>
/// <param name="HasFec">Whether the first frame carries a copy of the one before (LBRR, RFC 6716 section 4.2.3).</param>
/// <param name="IsDtx">Whether all frames are empty: the sender stopped transmitting because of silence.</param>
public readonly record struct OpusPacketInfo(
    OpusMode Mode, int BandwidthHz, bool IsStereo, int FrameSamples, int FrameCount, bool HasFec, bool IsDtx)
{
    /// <summary>Length of the packet in samples at 48 kHz: 120..5760.</summary>
    public int Samples => FrameSamples * FrameCount;
}
