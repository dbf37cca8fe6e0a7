using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Resilience;
using Polly.CircuitBreaker;

namespace AgentGateway.Providers.Engines;

/// <summary>One try at a speech engine through its circuit; every failure but abandonment is a <see cref="SpeechProviderException"/>.</summary>
internal static class SpeechOpening
{
    /// <exception cref="SpeechProviderException">The engine failed, was too late, or is left alone.</exception>
    public static async ValueTask<T> RunAsync<T>(ProviderCircuit circuit, Attempt attempt, Func<CancellationToken, ValueTask<T>> open)
    {
        try
        {
            return await circuit.Breaker.ExecuteAsync(InTimeAsync, attempt.Token).ConfigureAwait(false);
        }
        catch (BrokenCircuitException e)
        {
            throw new SpeechProviderException($"{circuit.Name} failed repeatedly and is left alone for a moment.", e);
        }

        async ValueTask<T> InTimeAsync(CancellationToken token)
        {
            try
            {
                return await open(token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!attempt.IsAbandoned)
            {
                throw new SpeechProviderException($"{circuit.Name} did not answer in time.");
            }
        }
    }
}
