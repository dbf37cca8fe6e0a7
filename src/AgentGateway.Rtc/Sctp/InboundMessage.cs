namespace AgentGateway.Rtc.Sctp;

/// <summary>A reassembled message in a buffer of the shared pool, which whoever holds this value must return or hand on.</summary>
internal readonly record struct InboundMessage(ushort StreamId, uint PayloadProtocol, byte[] Buffer, int Length)
{
    /// <summary>Bookkeeping charged for each piece held, so that one-byte pieces cannot cost far more memory than the window says.</summary>
    public const int Overhead = 64;

    public ReadOnlySpan<byte> Content => Buffer.AsSpan(0, Length);

    public static int Cost(int length) => length + Overhead;
}
