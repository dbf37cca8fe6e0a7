using System.Runtime.CompilerServices;
using AgentGateway.Conversation.Ports;
using Microsoft.Extensions.AI;

namespace AgentGateway.Providers.Llm;

/// <summary>
/// Gives every reply a deadline for its first token and for each further one, and retries while nothing was received: once a word was passed
/// on, it may have been spoken, and a retry would say it twice. Thread-safe.
/// </summary>
internal sealed class ResilientChatClient : DelegatingChatClient
{
    private readonly LlmResilience _resilience;
    private readonly TimeSpan _firstToken;
    private readonly string _endpoint;

    /// <param name="inner">The endpoint; one attempt per request.</param>
    /// <param name="resilience">Shared by all clients of the endpoint.</param>
    /// <param name="firstToken">Time for the first token, retries included.</param>
    /// <param name="endpoint">For messages.</param>
    public ResilientChatClient(IChatClient inner, LlmResilience resilience, TimeSpan firstToken, string endpoint)
        : base(inner)
    {
        _resilience = resilience;
        _firstToken = firstToken;
        _endpoint = endpoint;
    }

    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken).ConfigureAwait(false);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var deadline = new CancellationTokenSource(_firstToken, _resilience.Time);
        using CancellationTokenRegistration registration = cancellationToken.Register(static state => ((CancellationTokenSource)state!).Cancel(), deadline);
        List<ChatMessage> history = [.. messages];
        await using Reply reply = await OpenAsync(history, options, deadline, cancellationToken).ConfigureAwait(false);
        foreach (ChatResponseUpdate update in reply.Opening)
            yield return update;
        while (true)
        {
            deadline.CancelAfter(_resilience.Options.IdleTimeout);
            if (!await MoveNextAsync(reply.Rest, "stopped in the middle of its answer", cancellationToken).ConfigureAwait(false))
                yield break;

            // The consumer's time is not the endpoint's.
            deadline.CancelAfter(Timeout.InfiniteTimeSpan);
            yield return reply.Rest.Current;
        }
    }

    private async ValueTask<Reply> OpenAsync(
        List<ChatMessage> history, ChatOptions? options, CancellationTokenSource deadline, CancellationToken caller)
    {
        try
        {
            return await _resilience.RunAsync(Attempt, _endpoint, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            // The deadline passed between two attempts.
            throw NotInTime("did not answer in time");
        }

        async ValueTask<Reply> Attempt(CancellationToken token)
        {
            IAsyncEnumerator<ChatResponseUpdate> stream = base.GetStreamingResponseAsync(history, options, token).GetAsyncEnumerator(token);
            List<ChatResponseUpdate> opening = [];
            try
            {
                while (await MoveNextAsync(stream, "did not answer in time", caller).ConfigureAwait(false))
                {
                    opening.Add(stream.Current);
                    if (stream.Current.Contents.Any(content => content is not UsageContent) || stream.Current.FinishReason is not null)
                        break;
                }

                return new Reply(opening, stream);
            }
            catch
            {
                await stream.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    private async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<ChatResponseUpdate> stream, string late, CancellationToken caller)
    {
        try
        {
            return await stream.MoveNextAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (caller.IsCancellationRequested)
        {
            throw new OperationCanceledException(caller);
        }
        catch (OperationCanceledException)
        {
            throw NotInTime(late);
        }
    }

    private LlmException NotInTime(string what) => new(LlmException.Timeout, $"{_endpoint} {what}.");

    private sealed record Reply(IReadOnlyList<ChatResponseUpdate> Opening, IAsyncEnumerator<ChatResponseUpdate> Rest) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Rest.DisposeAsync();
    }
}
