namespace AgentGateway.Audio;

/// <summary>A codec of speech behind 48 kHz mono. Thread-safe; what it makes is not.</summary>
public interface IAudioCodec
{
    /// <summary>Its RTP clock in Hz. Timestamps are scaled by 48000 over this before they get to a jitter buffer.</summary>
    int ClockRate { get; }

    /// <summary>Makes an encoder with its defaults.</summary>
    /// <exception cref="DllNotFoundException">A library is not installed; the message says what to install.</exception>
    IAudioEncoder CreateEncoder();

    /// <summary>Makes a decoder.</summary>
    /// <exception cref="DllNotFoundException">A library is not installed; the message says what to install.</exception>
    IAudioDecoder CreateDecoder();

    /// <summary>Reads what a jitter buffer has to know of a packet; false when it can be none of this codec. Never throws.</summary>
    bool TryParse(ReadOnlySpan<byte> payload, out AudioPacketShape shape);
}
