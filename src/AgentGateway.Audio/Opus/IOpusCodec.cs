namespace AgentGateway.Audio;

/// <summary>Makes Opus encoders and decoders. Thread-safe; what it makes is not.</summary>
public interface IOpusCodec
{
    /// <summary>Makes an encoder for 48 kHz mono speech.</summary>
    /// <exception cref="DllNotFoundException">The codec library is not installed; the message says what to install.</exception>
    IOpusEncoder CreateEncoder(OpusEncoderOptions options);

    /// <summary>Makes a decoder to 48 kHz mono; stereo packets are mixed down.</summary>
    /// <exception cref="DllNotFoundException">The codec library is not installed; the message says what to install.</exception>
    IOpusDecoder CreateDecoder();
}
