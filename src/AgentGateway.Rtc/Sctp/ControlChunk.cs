namespace AgentGateway.Rtc.Sctp;

/// <summary>An encoded chunk in a pooled buffer, padding excluded.</summary>
/// <param name="Buffer">The pooled buffer.</param>
/// <param name="Length">Bytes of it used.</param>
/// <param name="Tag">The packet's verification tag, when the chunk is alone.</param>
/// <param name="IsAlone">Whether it must be the only chunk of its packet.</param>
internal readonly record struct ControlChunk(byte[] Buffer, int Length, uint Tag, bool IsAlone)
{
    public ReadOnlySpan<byte> Encoded => Buffer.AsSpan(0, Length);
}
