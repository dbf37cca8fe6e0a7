using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Resilience;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace AgentGateway.Providers.Llm;

/// <summary>How failures of an endpoint are met.</summary>
public sealed record LlmResilienceOptions
{
    /// <summary>Attempts after the first, 0..5; only while no byte of the reply was received.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>Wait before the first retry; it doubles.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>Longest Retry-After that is obeyed; beyond it the request fails at once, because a caller is waiting.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long to wait for further tokens once the reply began.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>When the endpoint is left alone.</summary>
    public CircuitOptions Circuit { get; init; } = new();
}

/// <summary>Retries before the first byte, and the circuit of one endpoint. Shared by all calls that use it. Thread-safe.</summary>
internal sealed class LlmResilience
{
    private readonly ResiliencePipeline _pipeline;

    public LlmResilience(LlmResilienceOptions options, ProviderCircuit circuit, TimeProvider time)
    {
        Options = options;
        Circuit = circuit;
        var builder = new ResiliencePipelineBuilder { TimeProvider = time };
        if (options.Retries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = options.Retries,
                Delay = options.RetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = arguments => ValueTask.FromResult(IsWorthRetrying(arguments.Outcome.Exception)),
                DelayGenerator = arguments => ValueTask.FromResult((arguments.Outcome.Exception as LlmException)?.RetryAfter),
            });
        }

        _pipeline = builder.AddPipeline(circuit.Breaker).Build();
    }

    public LlmResilienceOptions Options { get; }

    public ProviderCircuit Circuit { get; }

    /// <summary>Whether a failure says that the endpoint is in trouble, and not that the request or the key is wrong.</summary>
    public static bool IsTrouble(Exception exception) => exception is not LlmException { IsTransient: false };

    /// <summary>Runs the opening of a reply.</summary>
    public async ValueTask<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> open, CancellationToken cancellationToken)
    {
        try
        {
            return await _pipeline.ExecuteAsync(open, cancellationToken).ConfigureAwait(false);
        }
        catch (BrokenCircuitException e)
        {
            throw new LlmException(LlmException.Unavailable, $"{Circuit.Name} failed repeatedly and is left alone for a moment.", isTransient: true, e);
        }
    }

    private bool IsWorthRetrying(Exception? exception) =>
        exception is LlmException { IsTransient: true } failure && failure.Code != LlmException.Timeout
        && (failure.RetryAfter is null || failure.RetryAfter <= Options.MaxRetryAfter);
}
