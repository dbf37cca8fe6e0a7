using Polly;
using Polly.Hedging;

namespace AgentGateway.Providers.Resilience;

/// <summary>
/// Asks providers in order until one gives its first byte: the next one when the one before failed, and, with a hedge rule, already when it takes
/// longer than it usually does. The time for a first byte is shared out: each provider has an equal part of what is left. Losers are cancelled, and
/// what they opened nevertheless is disposed. Thread-safe.
/// </summary>
/// <typeparam name="T">What a first byte opens.</typeparam>
internal sealed class ProviderRace<T>
    where T : class, IAsyncDisposable
{
    private static readonly TimeSpan LeastLimit = TimeSpan.FromMilliseconds(1);
    private static readonly ResiliencePropertyKey<Run> RunKey = new("AgentGateway.ProviderRace");

    private readonly IReadOnlyList<ProviderCircuit> _providers;
    private readonly HedgeRule? _hedge;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline<T> _pipeline;

    /// <param name="providers">In order of preference, 1..11.</param>
    /// <param name="hedge">Null never asks two at once.</param>
    /// <param name="time">The clock.</param>
    public ProviderRace(IReadOnlyList<ProviderCircuit> providers, HedgeRule? hedge, TimeProvider time)
    {
        (_providers, _hedge, _time) = (providers, hedge, time);
        var builder = new ResiliencePipelineBuilder<T> { TimeProvider = time };
        if (providers.Count > 1)
        {
            builder.AddHedging(new HedgingStrategyOptions<T>
            {
                MaxHedgedAttempts = providers.Count - 1,
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is not (null or OperationCanceledException)),
                DelayGenerator = arguments => ValueTask.FromResult(RunOf(arguments.Context).Patience()),
                ActionGenerator = arguments => RunOf(arguments.PrimaryContext).Next(arguments.ActionContext),
            });
        }

        _pipeline = builder.Build();
    }

    /// <summary>Opens the answer of the first provider that gives one.</summary>
    /// <param name="open">Asks the provider of an index. It fails with the provider's own exception, also when the attempt's time is over; what it opens owns the attempt.</param>
    /// <param name="budget">Time for the first byte.</param>
    /// <param name="caller">Ends everything.</param>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    /// <exception cref="Exception">All failed; the failure is the first provider's.</exception>
    public async ValueTask<T> OpenAsync(Func<int, Attempt, ValueTask<T>> open, TimeSpan budget, CancellationToken caller)
    {
        _hedge?.Budget.Earn(_hedge.Percent);
        var run = new Run(this, open, budget, caller);
        ResilienceContext context = ResilienceContextPool.Shared.Get(caller);
        context.Properties.Set(RunKey, run);
        try
        {
            return await _pipeline.ExecuteAsync(static (context, run) => run.AskAsync(0, context.CancellationToken), context, run).ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static Run RunOf(ResilienceContext context) => context.Properties.GetValue(RunKey, null!);

    /// <summary>One request.</summary>
    private sealed class Run(ProviderRace<T> race, Func<int, Attempt, ValueTask<T>> open, TimeSpan budget, CancellationToken caller)
    {
        private readonly long _started = race._time.GetTimestamp();
        private int _last;
        private int _running;
        private int _winner = -1;
        private bool _isCapped;

        /// <summary>How long to wait for those that were asked before another one is.</summary>
        public TimeSpan Patience()
        {
            if (race._hedge is not { } hedge || _isCapped)
                return Timeout.InfiniteTimeSpan;
            TimeSpan patience = race._providers[_last].FirstByte95 ?? hedge.Unlearned;
            return patience < LeastLimit ? LeastLimit : patience;
        }

        /// <summary>The next provider to ask; null for none, at least for now.</summary>
        public Func<ValueTask<Outcome<T>>>? Next(ResilienceContext context)
        {
            int next = _last + 1;

            // It answered while this was being decided.
            if (Volatile.Read(ref _winner) >= 0)
                return null;
            if (Volatile.Read(ref _running) > 0)
            {
                while (next < race._providers.Count && race._providers[next].IsLeftAlone)
                    next++;
                if (next == race._providers.Count || !MayHedge(race._providers[next]))
                {
                    _isCapped = true;
                    return null;
                }
            }

            if (next >= race._providers.Count)
                return null;
            _last = next;
            return async () =>
            {
                try
                {
                    return Outcome.FromResult(await AskAsync(next, context.CancellationToken).ConfigureAwait(false));
                }
                catch (Exception e)
                {
                    return Outcome.FromException<T>(e);
                }
            };
        }

        public async ValueTask<T> AskAsync(int index, CancellationToken lost)
        {
            ProviderCircuit provider = race._providers[index];
            long asked = race._time.GetTimestamp();
            TimeSpan limit = (budget - race._time.GetElapsedTime(_started)) / (race._providers.Count - index);
            var attempt = new Attempt(limit < LeastLimit ? LeastLimit : limit, race._time, caller);
            Interlocked.Increment(ref _running);

            // Only until the first byte: what was opened lives on with the caller's token alone.
            TimeSpan? waited = null;
            CancellationTokenRegistration losing = lost.UnsafeRegister(
                _ =>
                {
                    waited = race._time.GetElapsedTime(asked);
                    attempt.Lose(Volatile.Read(ref _winner) > index);
                },
                null);
            try
            {
                T opened = await open(index, attempt).ConfigureAwait(false);
                Interlocked.CompareExchange(ref _winner, index, -1);
                provider.Answered(race._time.GetElapsedTime(asked));
                await losing.DisposeAsync().ConfigureAwait(false);
                return opened;
            }
            catch (Exception e)
            {
                await losing.DisposeAsync().ConfigureAwait(false);
                if (attempt.Token.IsCancellationRequested)
                    waited ??= race._time.GetElapsedTime(asked);
                attempt.Dispose();
                if (attempt.IsAbandoned)
                {
                    provider.Abandoned();
                    caller.ThrowIfCancellationRequested();
                    throw e as OperationCanceledException ?? new OperationCanceledException("Another provider answered first.", e);
                }

                provider.Failed(e, waited, attempt.IsOvertaken);
                throw;
            }
            finally
            {
                Interlocked.Decrement(ref _running);
            }
        }

        private bool MayHedge(ProviderCircuit provider)
        {
            if (race._hedge is not { } hedge)
                return false;
            if (!hedge.Budget.TrySpend())
            {
                ProviderMetrics.CountHedge(provider.Kind, provider.Name, started: false);
                return false;
            }

            provider.Hedged();
            return true;
        }
    }
}
