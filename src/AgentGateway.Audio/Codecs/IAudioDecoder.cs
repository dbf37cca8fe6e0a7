namespace AgentGateway.Audio;

/// <summary>
/// Decodes to 48 kHz mono. Packets are outside input: whatever they hold, the outcome is a value. One owner; not thread-safe.
/// No allocation per frame.
/// </summary>
public interface IAudioDecoder : IDisposable
{
    /// <summary>
    /// Decodes one packet. <paramref name="samples"/> is what was written to <paramref name="pcm"/>, which must hold the packet's
    /// duration (<see cref="AudioFormat.MaxPacketSamples"/> always suffices).
    /// </summary>
    OpusStatus Decode(ReadOnlySpan<byte> packet, Span<short> pcm, out int samples);

    /// <summary>
    /// Recovers the frame before <paramref name="nextPacket"/> from its forward error correction, filling all of <paramref name="pcm"/>, whose
    /// length is the missing duration (a multiple of 2.5 ms = 120 samples, at most 120 ms). Where the packet carries none the result is
    /// concealment. <paramref name="nextPacket"/> must be decoded afterwards as usual.
    /// </summary>
    OpusStatus DecodeFec(ReadOnlySpan<byte> nextPacket, Span<short> pcm);

    /// <summary>
    /// Conceals a missing packet, filling all of <paramref name="pcm"/> (a multiple of 2.5 ms = 120 samples, at most 120 ms). After a DTX packet
    /// this is comfort noise.
    /// </summary>
    OpusStatus Conceal(Span<short> pcm);

    /// <summary>
    /// Begins a pause with a comfort noise packet (RFC 3389), filling all of <paramref name="pcm"/>; <see cref="Conceal"/> goes on with it. Codecs
    /// with silence of their own conceal.
    /// </summary>
    OpusStatus BeginComfortNoise(ReadOnlySpan<byte> payload, Span<short> pcm) => Conceal(pcm);

    /// <summary>Forgets the past, as if newly made.</summary>
    void Reset();
}
