namespace AgentGateway.Conversation.Ports;

/// <summary>One call's end-of-turn detector. One question at a time, on any thread.</summary>
public interface IEndOfTurnDetector : IDisposable
{
    /// <summary>How likely it is that the turn is over.</summary>
    /// <param name="pcm16k">The turn's audio up to the present pause: 16 kHz mono, at most the last 8 s, with at least 0.1 s of the pause.</param>
    /// <returns>0..1; not a number when it cannot tell.</returns>
    float Predict(ReadOnlySpan<short> pcm16k);
}
