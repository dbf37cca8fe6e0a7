namespace AgentGateway.Audio;

/// <summary>Encodes 48 kHz mono speech. One owner; not thread-safe. No allocation per frame.</summary>
public interface IOpusEncoder : IAudioEncoder
{
    /// <summary>A result of <see cref="Encode"/> up to this many bytes is a DTX frame and need not be sent (RFC 7587 section 3.1.3).</summary>
    const int MaxDtxBytes = 2;

    /// <summary>Samples by which the decoder's output lags the encoder's input, at 48 kHz.</summary>
    int LookaheadSamples { get; }

    /// <summary>Target bitrate in bit/s, 6000..510000. May be changed at any time.</summary>
    int Bitrate { get; set; }

    /// <summary>
    /// Loss the network is expected to have, in percent, 0..100; decides how much in-band FEC is sent. May be changed at any time,
    /// typically from RTCP receiver reports.
    /// </summary>
    int ExpectedLossPercent { get; set; }

    /// <summary>
    /// Encodes one frame of 2.5, 5, 10, 20, 40 or 60 ms (120..2880 samples). Returns the packet length; <see cref="MaxDtxBytes"/> or less
    /// means discontinuous transmission.
    /// </summary>
    /// <exception cref="ArgumentException">The frame has another length, or the buffer is empty.</exception>
    new int Encode(ReadOnlySpan<short> pcm, Span<byte> packet);

    int IAudioEncoder.Encode(ReadOnlySpan<short> pcm, Span<byte> packet) => Encode(pcm, packet);
}
