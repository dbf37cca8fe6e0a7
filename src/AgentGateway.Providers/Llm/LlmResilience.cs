using AgentGateway.Conversation.Ports;
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

    /// <summary>Requests within <see cref="BreakerWindow"/> before the circuit can open, at least 2.</summary>
    public int BreakerThroughput { get; init; } = 4;

    /// <summary>Share of failed requests that opens the circuit, 0..1.</summary>
    public double BreakerFailureRatio { get; init; } = 0.6;

    /// <summary>Window over which failures are counted.</summary>
    public TimeSpan BreakerWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the circuit stays open before one request probes.</summary>
    public TimeSpan BreakerPause { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>
/// Retries and circuit breaker of one endpoint, shared by all calls that use it: when it is down, the next caller is not kept waiting to find out.
/// Thread-safe.
/// </summary>
internal sealed class LlmResilience
{
    private readonly ResiliencePipeline _pipeline;

    public LlmResilience(LlmResilienceOptions options, TimeProvider time)
    {
        Options = options;
        Time = time;
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

        builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            FailureRatio = options.BreakerFailureRatio,
            MinimumThroughput = options.BreakerThroughput,
            SamplingDuration = options.BreakerWindow,
            BreakDuration = options.BreakerPause,
            ShouldHandle = new PredicateBuilder().Handle<LlmException>(e => e.IsTransient),
        });
        _pipeline = builder.Build();
    }

    public LlmResilienceOptions Options { get; }

    public TimeProvider Time { get; }

    /// <summary>Runs the opening of a reply.</summary>
    public async ValueTask<T> RunAsync<T>(Func<CancellationToken, ValueTask<T>> open, string endpoint, CancellationToken cancellationToken)
    {
        try
        {
            return await _pipeline.ExecuteAsync(open, cancellationToken).ConfigureAwait(false);
        }
        catch (BrokenCircuitException e)
        {
            throw new LlmException(LlmException.Unavailable, $"{endpoint} failed repeatedly and is left alone for a moment.", isTransient: true, e);
        }
    }

    private bool IsWorthRetrying(Exception? exception) =>
        exception is LlmException { IsTransient: true } failure && failure.Code != LlmException.Timeout
        && (failure.RetryAfter is null || failure.RetryAfter <= Options.MaxRetryAfter);
}
