namespace AgentGateway.Primitives;

/// <summary>Serial number arithmetic (RFC 1982) for wire counters that were not extended.</summary>
public static class SequenceNumber
{
    /// <summary>Whether 16-bit <paramref name="a"/> is newer than <paramref name="b"/>.</summary>
    public static bool IsNewer(ushort a, ushort b) => (short)(a - b) > 0;

    /// <summary>Whether 32-bit <paramref name="a"/> is newer than <paramref name="b"/>.</summary>
    public static bool IsNewer(uint a, uint b) => (int)(a - b) > 0;
}
