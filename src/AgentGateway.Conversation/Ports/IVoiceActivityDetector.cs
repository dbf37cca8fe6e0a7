namespace AgentGateway.Conversation.Ports;

/// <summary>Voice activity of one audio stream. Keeps state between windows; one thread at a time.</summary>
public interface IVoiceActivityDetector : IDisposable
{
    /// <summary>The number of samples of a window: 512 (32 ms at 16 kHz).</summary>
    int WindowSamples { get; }

    /// <summary>The probability, 0..1, that the window holds speech.</summary>
    /// <param name="window">Exactly <see cref="WindowSamples"/> samples of 16 kHz mono PCM16.</param>
    float Process(ReadOnlySpan<short> window);

    /// <summary>Forgets all earlier audio.</summary>
    void Reset();
}
