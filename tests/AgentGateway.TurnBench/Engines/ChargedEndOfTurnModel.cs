using AgentGateway.Conversation.Ports;
using AgentGateway.Testing.Conversation;

namespace AgentGateway.TurnBench.Engines;

/// <summary>The end-of-turn model on virtual time: while it computes, all else of the call waits.</summary>
internal sealed class ChargedEndOfTurnModel(IEndOfTurnModel inner, ManualTimeProvider time, TimeSpan cost) : IEndOfTurnModel
{
    public string Name => inner.Name;

    public IEndOfTurnDetector Create() => new Detector(inner.Create(), time, cost);

    private sealed class Detector(IEndOfTurnDetector inner, ManualTimeProvider time, TimeSpan cost) : IEndOfTurnDetector
    {
        public float Predict(ReadOnlySpan<short> pcm16k)
        {
            float probability = inner.Predict(pcm16k);
            time.Advance(cost);
            return probability;
        }

        public void Dispose() => inner.Dispose();
    }
}
