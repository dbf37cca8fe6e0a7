using AgentGateway.Rtc.Wire.Sctp;

namespace AgentGateway.Rtc.Sctp;

/// <summary>A chunk that arrived early. A null buffer marks an empty place.</summary>
internal struct HeldChunk
{
    public byte[]? Buffer;
    public int Length;
    public uint Tsn;
    public ushort StreamId;
    public ushort StreamSequence;
    public uint PayloadProtocol;
    public byte Flags;

    /// <summary>Valid at the last chunk of a run: its first TSN.</summary>
    public uint RunFirst;

    /// <summary>Valid at the first chunk of a run: its last TSN.</summary>
    public uint RunLast;

    public readonly bool IsBegin => (Flags & DataChunk.BeginFlag) != 0;

    public readonly bool IsEnd => (Flags & DataChunk.EndFlag) != 0;

    public readonly bool IsSameMessage(in HeldChunk other) =>
        StreamId == other.StreamId
        && ((Flags ^ other.Flags) & DataChunk.UnorderedFlag) == 0
        && ((Flags & DataChunk.UnorderedFlag) != 0 || StreamSequence == other.StreamSequence);
}
