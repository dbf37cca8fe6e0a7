using AgentGateway.Conversation.Ports;

namespace AgentGateway.Testing.Conversation;

/// <summary>Voice activity by level: a window is speech when half of it is loud.</summary>
public sealed class LevelVoiceModel : IVoiceActivityModel
{
    public string Name => "level";

    /// <summary>Thrown by the next window when set.</summary>
    public Exception? Failure { get; set; }

    public IVoiceActivityDetector CreateDetector() => new Detector(this);

    public void Dispose()
    {
    }

    private sealed class Detector(LevelVoiceModel model) : IVoiceActivityDetector
    {
        public int WindowSamples => 512;

        public float Process(ReadOnlySpan<short> window)
        {
            if (model.Failure is { } failure)
                throw failure;
            int loud = 0;
            foreach (short sample in window)
                loud += sample > 1000 ? 1 : 0;
            return loud * 2 >= window.Length ? 0.95f : 0.02f;
        }

        public void Reset()
        {
        }

        public void Dispose()
        {
        }
    }
}
