using System.Runtime.CompilerServices;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Resilience;

namespace AgentGateway.Providers.Engines;

/// <summary>
/// Speaks with the first of several engines that has audio: the next one is asked when the one before failed or took too long before its first
/// sample. Owns none of them. Thread-safe.
/// </summary>
internal sealed class FallbackSynthesizer : ISpeechSynthesizer
{
    private readonly IReadOnlyList<(ISpeechSynthesizer Engine, ProviderCircuit Circuit)> _engines;
    private readonly ProviderRace<Speech> _race;
    private readonly TimeSpan _firstAudio;

    /// <param name="engines">In order of preference, with their circuits; at least one.</param>
    /// <param name="firstAudio">Time for the first sample, all engines included.</param>
    /// <param name="time">The clock.</param>
    public FallbackSynthesizer(IReadOnlyList<(ISpeechSynthesizer Engine, ProviderCircuit Circuit)> engines, TimeSpan firstAudio, TimeProvider time)
    {
        _engines = engines;
        _race = new ProviderRace<Speech>([.. engines.Select(e => e.Circuit)], null, time);
        _firstAudio = firstAudio;
    }

    public string Name => _engines[0].Engine.Name;

    public async IAsyncEnumerable<SpeechAudio> SynthesizeAsync(SpeechRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using Speech speech = await _race.OpenAsync((index, attempt) => OpenAsync(index, attempt, request), _firstAudio, cancellationToken).ConfigureAwait(false);
        speech.Attempt.Limit(Timeout.InfiniteTimeSpan);
        foreach (SpeechAudio piece in speech.Opening)
            yield return piece with { IsSubstitute = speech.IsSubstitute };
        while (await speech.Rest.MoveNextAsync().ConfigureAwait(false))
            yield return speech.Rest.Current with { IsSubstitute = speech.IsSubstitute };
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ValueTask<Speech> OpenAsync(int index, Attempt attempt, SpeechRequest request)
    {
        (ISpeechSynthesizer engine, ProviderCircuit circuit) = _engines[index];

        // A voice's name belongs to its engine.
        SpeechRequest asked = index == 0 ? request : request with { Voice = null };
        return SpeechOpening.RunAsync(circuit, attempt, OpenOnceAsync);

        async ValueTask<Speech> OpenOnceAsync(CancellationToken token)
        {
            IAsyncEnumerator<SpeechAudio> pieces = engine.SynthesizeAsync(asked, token).GetAsyncEnumerator(token);
            List<SpeechAudio> opening = [];
            try
            {
                while (await pieces.MoveNextAsync().ConfigureAwait(false))
                {
                    opening.Add(pieces.Current);
                    if (pieces.Current.Pcm.Length > 0)
                        break;
                }

                return new Speech(opening, pieces, attempt, IsSubstitute: index > 0);
            }
            catch
            {
                await pieces.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    private sealed record Speech(IReadOnlyList<SpeechAudio> Opening, IAsyncEnumerator<SpeechAudio> Rest, Attempt Attempt, bool IsSubstitute) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                await Rest.DisposeAsync().ConfigureAwait(false);
            }
            finally
            {
                Attempt.Dispose();
            }
        }
    }
}
