using AgentGateway.Conversation.Ports;
using AgentGateway.Primitives;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;

namespace AgentGateway.Providers.Resilience;

/// <summary>
/// The circuit breaker of one provider and what is known of its speed, shared by all calls that use it: when it is down, the next caller is not
/// kept waiting to find out. Thread-safe.
/// </summary>
internal sealed partial class ProviderCircuit
{
    private const int Remembered = 100;
    private const int Enough = 20;

    private readonly Lock _lock = new();
    private readonly RecentDurations _firstBytes = new(Remembered);
    private readonly CircuitBreakerStateProvider _state = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private long? _leftAloneSince;
    private TimeSpan _pause;
    private long _answered;
    private long _failed;
    private long _hedges;
    private string? _lastFailure;

    /// <param name="kind">"llm", "stt" or "tts".</param>
    /// <param name="name">For people; holds no key.</param>
    /// <param name="options">When it is left alone.</param>
    /// <param name="isFailure">Whether an exception says that the provider is in trouble; cancellation is never asked about.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told when it is left alone and when it answers again.</param>
    public ProviderCircuit(string kind, string name, CircuitOptions options, Func<Exception, bool> isFailure, TimeProvider time, ILogger logger)
    {
        (Kind, Name, _time, _logger) = (kind, name, time, logger);
        Breaker = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = options.FailureRatio,
                MinimumThroughput = options.Throughput,
                SamplingDuration = options.Window,
                BreakDuration = options.Pause,
                StateProvider = _state,
                // A probe that nobody waited for has shown nothing: without an answer the circuit stays open.
                ShouldHandle = arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is { } e && (e is OperationCanceledException ? _state.CircuitState == CircuitState.HalfOpen : isFailure(e))),
                OnOpened = arguments => Opened(arguments.BreakDuration),
                OnClosed = _ => Closed(),
            })
            .Build();
    }

    /// <summary>"llm", "stt" or "tts".</summary>
    public string Kind { get; }

    /// <summary>For people.</summary>
    public string Name { get; }

    /// <summary>Fails at once with <see cref="BrokenCircuitException"/> while the provider is left alone.</summary>
    public ResiliencePipeline Breaker { get; }

    /// <summary>Whether a request would be refused without asking.</summary>
    public bool IsLeftAlone
    {
        get
        {
            lock (_lock)
                return _leftAloneSince is { } since && _time.GetElapsedTime(since) < _pause;
        }
    }

    /// <summary>Its own 95th percentile to the first byte; null before 20 requests.</summary>
    public TimeSpan? FirstByte95
    {
        get
        {
            lock (_lock)
                return _firstBytes.Count < Enough ? null : _firstBytes.Percentile95();
        }
    }

    /// <summary>How it has been doing.</summary>
    public ProviderHealth Health
    {
        get
        {
            TimeSpan? p95 = FirstByte95;
            lock (_lock)
            {
                ProviderState state = _leftAloneSince is not { } since ? ProviderState.Closed
                    : _time.GetElapsedTime(since) < _pause ? ProviderState.Open : ProviderState.Probing;
                return new ProviderHealth(Kind, Name, state, _answered, _failed, _hedges, p95, _lastFailure);
            }
        }
    }

    /// <summary>A first byte came.</summary>
    public void Answered(TimeSpan after)
    {
        ProviderMetrics.CountRequest(Kind, Name, "answered");
        lock (_lock)
        {
            _answered++;
            _firstBytes.Add(after);
        }
    }

    /// <summary>There is no first byte, and none will come.</summary>
    /// <param name="failure">Why.</param>
    /// <param name="after">How long it was waited for, when it was too slow: its first byte would have come later than that.</param>
    /// <param name="overtaken">Whether another provider answered first.</param>
    public void Failed(Exception failure, TimeSpan? after, bool overtaken)
    {
        if (failure is BrokenCircuitException || failure.InnerException is BrokenCircuitException)
        {
            ProviderMetrics.CountRequest(Kind, Name, "refused");
            return;
        }

        ProviderMetrics.CountRequest(Kind, Name, overtaken ? "overtaken" : "failed");
        string code = overtaken ? "overtaken" : failure is LlmException known ? known.Code : failure.GetType().Name;
        lock (_lock)
        {
            _failed++;
            _lastFailure = code;
            if (after is { } waited)
                _firstBytes.Add(waited);
        }

        if (!overtaken)
            LogFailed(_logger, Kind, Name, code);
    }

    /// <summary>What the provider had opened broke later.</summary>
    public async ValueTask BrokeAsync(Exception failure)
    {
        Failed(failure, after: null, overtaken: false);
        try
        {
            await Breaker.ExecuteAsync(_ => ValueTask.FromException(failure), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It was thrown for the circuit alone; whoever used the provider knows.
        }
    }

    /// <summary>Nobody wants the answer any more.</summary>
    public void Abandoned() => ProviderMetrics.CountRequest(Kind, Name, "abandoned");

    /// <summary>It is asked because another provider is slow.</summary>
    public void Hedged()
    {
        ProviderMetrics.CountHedge(Kind, Name, started: true);
        lock (_lock)
            _hedges++;
    }

    private ValueTask Opened(TimeSpan pause)
    {
        bool first;
        lock (_lock)
        {
            first = _leftAloneSince is null;
            _leftAloneSince = _time.GetTimestamp();
            _pause = pause;
        }

        if (first)
        {
            ProviderMetrics.AddOpen(Kind, Name, 1);
            LogOpened(_logger, Kind, Name, pause.TotalSeconds);
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask Closed()
    {
        lock (_lock)
            _leftAloneSince = null;
        ProviderMetrics.AddOpen(Kind, Name, -1);
        LogClosed(_logger, Kind, Name);
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(6300, LogLevel.Warning, "The {Kind} provider {Provider} failed repeatedly and is left alone for {Seconds} s at a time")]
    private static partial void LogOpened(ILogger logger, string kind, string provider, double seconds);

    [LoggerMessage(6301, LogLevel.Information, "The {Kind} provider {Provider} answers again")]
    private static partial void LogClosed(ILogger logger, string kind, string provider);

    [LoggerMessage(6302, LogLevel.Information, "The {Kind} provider {Provider} failed: {Code}")]
    private static partial void LogFailed(ILogger logger, string kind, string provider, string code);
}
