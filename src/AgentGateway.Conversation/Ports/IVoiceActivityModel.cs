namespace AgentGateway.Conversation.Ports;

/// <summary>A voice activity model loaded once and shared by all calls. Thread-safe.</summary>
public interface IVoiceActivityModel : IDisposable
{
    /// <summary>A short stable name for metrics and logs, such as "silero-v5".</summary>
    string Name { get; }

    /// <summary>The state of one call's audio; cheap, and used from one thread at a time.</summary>
    IVoiceActivityDetector CreateDetector();
}
