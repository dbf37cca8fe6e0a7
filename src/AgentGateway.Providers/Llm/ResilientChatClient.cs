using System.Runtime.CompilerServices;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Resilience;
using Microsoft.Extensions.AI;

namespace AgentGateway.Providers.Llm;

/// <summary>
/// Asks endpoints in order, retries and hedges, all of it while nothing was received: once a word was passed on, it may have been spoken, and a
/// second answer would say it twice. Every reply has a deadline for its first token and for each further one. Thread-safe.
/// </summary>
internal sealed class ResilientChatClient : DelegatingChatClient
{
    private const string NoAnswer = "did not answer in time";

    private readonly IReadOnlyList<LlmRoute> _routes;
    private readonly ProviderRace<Reply> _race;
    private readonly TimeSpan _firstToken;

    /// <param name="routes">In order of preference; at least one.</param>
    /// <param name="hedge">When two are asked at once; null for never.</param>
    /// <param name="firstToken">Time for the first token, retries and all endpoints included.</param>
    /// <param name="time">The clock.</param>
    public ResilientChatClient(IReadOnlyList<LlmRoute> routes, HedgeRule? hedge, TimeSpan firstToken, TimeProvider time)
        : base(routes[0].Client)
    {
        _routes = routes;
        _race = new ProviderRace<Reply>([.. routes.Select(route => route.Resilience.Circuit)], hedge, time);
        _firstToken = firstToken;
    }

    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken).ConfigureAwait(false);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ChatMessage> history = [.. messages];
        await using Reply reply = await _race.OpenAsync(
            (index, attempt) => OpenAsync(_routes[index], attempt, history, options),
            _firstToken,
            cancellationToken).ConfigureAwait(false);

        // The consumer's time is not the endpoint's.
        reply.Attempt.Limit(Timeout.InfiniteTimeSpan);
        foreach (ChatResponseUpdate update in reply.Opening)
            yield return update;
        while (true)
        {
            reply.Attempt.Limit(reply.Route.Resilience.Options.IdleTimeout);
            if (!await MoveNextAsync(reply.Rest, reply.Route, reply.Attempt, "stopped in the middle of its answer").ConfigureAwait(false))
                yield break;
            reply.Attempt.Limit(Timeout.InfiniteTimeSpan);
            yield return reply.Rest.Current;
        }
    }

    private static async ValueTask<Reply> OpenAsync(LlmRoute route, Attempt attempt, List<ChatMessage> history, ChatOptions? options)
    {
        try
        {
            return await route.Resilience.RunAsync(token => OpenOnceAsync(route, attempt, history, options, token), attempt.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!attempt.IsAbandoned)
        {
            // The deadline passed between two attempts.
            throw NotInTime(route, NoAnswer);
        }
    }

    private static async ValueTask<Reply> OpenOnceAsync(
        LlmRoute route, Attempt attempt, List<ChatMessage> history, ChatOptions? options, CancellationToken token)
    {
        IAsyncEnumerator<ChatResponseUpdate> stream = route.Client.GetStreamingResponseAsync(history, options, token).GetAsyncEnumerator(token);
        List<ChatResponseUpdate> opening = [];
        try
        {
            while (await MoveNextAsync(stream, route, attempt, NoAnswer).ConfigureAwait(false))
            {
                opening.Add(stream.Current);
                if (stream.Current.Contents.Any(content => content is not UsageContent) || stream.Current.FinishReason is not null)
                    break;
            }

            return new Reply(opening, stream, route, attempt);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<ChatResponseUpdate> stream, LlmRoute route, Attempt attempt, string late)
    {
        try
        {
            return await stream.MoveNextAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (attempt.Caller.IsCancellationRequested)
        {
            throw new OperationCanceledException(attempt.Caller);
        }
        catch (OperationCanceledException) when (!attempt.IsAbandoned)
        {
            throw NotInTime(route, late);
        }
    }

    private static LlmException NotInTime(LlmRoute route, string what) => new(LlmException.Timeout, $"{route.Name} {what}.");

    private sealed record Reply(IReadOnlyList<ChatResponseUpdate> Opening, IAsyncEnumerator<ChatResponseUpdate> Rest, LlmRoute Route, Attempt Attempt) : IAsyncDisposable
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
