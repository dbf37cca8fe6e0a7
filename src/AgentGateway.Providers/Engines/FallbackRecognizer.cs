using System.Threading.Channels;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Resilience;

namespace AgentGateway.Providers.Engines;

/// <summary>
/// Listens with the first of several engines that opens: the next one is asked when the one before failed, took too long, or is left alone since its
/// sessions kept breaking. Owns none of them. Thread-safe.
/// </summary>
internal sealed class FallbackRecognizer : ISpeechRecognizer
{
    private readonly IReadOnlyList<(ISpeechRecognizer Engine, ProviderCircuit Circuit)> _engines;
    private readonly ProviderRace<GuardedSession> _race;
    private readonly TimeSpan _opening;

    /// <param name="engines">In order of preference, with their circuits; at least one.</param>
    /// <param name="opening">Time for opening a session, all engines included.</param>
    /// <param name="time">The clock.</param>
    public FallbackRecognizer(IReadOnlyList<(ISpeechRecognizer Engine, ProviderCircuit Circuit)> engines, TimeSpan opening, TimeProvider time)
    {
        _engines = engines;
        _race = new ProviderRace<GuardedSession>([.. engines.Select(e => e.Circuit)], null, time);
        _opening = opening;
    }

    public string Name => _engines[0].Engine.Name;

    public async ValueTask<IRecognitionSession> OpenAsync(RecognitionOptions options, CancellationToken cancellationToken)
    {
        GuardedSession session = await _race.OpenAsync((index, attempt) => OpenAsync(index, attempt, options), _opening, cancellationToken).ConfigureAwait(false);
        session.Attempt.Dispose();
        return session;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ValueTask<GuardedSession> OpenAsync(int index, Attempt attempt, RecognitionOptions options)
    {
        (ISpeechRecognizer engine, ProviderCircuit circuit) = _engines[index];
        return SpeechOpening.RunAsync(
            circuit, attempt, async token => new GuardedSession(await engine.OpenAsync(options, token).ConfigureAwait(false), circuit, attempt));
    }

    /// <summary>A session whose breaking is a failure of its engine, too.</summary>
    private sealed class GuardedSession(IRecognitionSession session, ProviderCircuit circuit, Attempt attempt) : IRecognitionSession
    {
        private Exception? _failure;

        public Attempt Attempt => attempt;

        public ChannelReader<RecognitionResult> Results => session.Results;

        public async ValueTask WriteAsync(ReadOnlyMemory<short> pcm, CancellationToken cancellationToken)
        {
            try
            {
                await session.WriteAsync(pcm, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                _failure = e;
                throw;
            }
        }

        public async ValueTask<int> EndUtteranceAsync(CancellationToken cancellationToken)
        {
            try
            {
                return await session.EndUtteranceAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                _failure = e;
                throw;
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (session.Results.Completion is { IsFaulted: true } broken)
                _failure = broken.Exception!.InnerException;
            if (_failure is { } failure)
                await circuit.BrokeAsync(failure).ConfigureAwait(false);
            await session.DisposeAsync().ConfigureAwait(false);
            attempt.Dispose();
        }
    }
}
