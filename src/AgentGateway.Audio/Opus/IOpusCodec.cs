namespace AgentGateway.Audio;

/// <summary>Makes Opus encoders and decoders. Thread-safe; what it makes is not.</summary>
public interface IOpusCodec : IAudioCodec
{
    /// <summary>Makes an encoder for 48 kHz mono speech.</summary>
    /// <exception cref="DllNotFoundException">The codec library is not installed; the message says what to install.</exception>
    IOpusEncoder CreateEncoder(OpusEncoderOptions options);

    /// <summary>Makes a decoder to 48 kHz mono; stereo packets are mixed down.</summary>
    /// <exception cref="DllNotFoundException">The codec library is not installed; the message says what to install.</exception>
    new IOpusDecoder CreateDecoder();

    int IAudioCodec.ClockRate => AudioFormat.SampleRate;

    IAudioEncoder IAudioCodec.CreateEncoder() => CreateEncoder(new OpusEncoderOptions());

    IAudioDecoder IAudioCodec.CreateDecoder() => CreateDecoder();

    bool IAudioCodec.TryParse(ReadOnlySpan<byte> payload, out AudioPacketShape shape)
    {
        bool valid = OpusPacket.TryParse(payload, out OpusPacketInfo info);
        shape = valid ? new AudioPacketShape(info.Samples, info.FrameSamples, info.HasFec, info.IsDtx) : default;
        return valid;
    }
}
