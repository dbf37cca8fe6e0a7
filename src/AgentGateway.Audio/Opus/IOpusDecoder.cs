namespace AgentGateway.Audio;

/// <summary>Decodes Opus to 48 kHz mono.</summary>
public interface IOpusDecoder : IAudioDecoder;
