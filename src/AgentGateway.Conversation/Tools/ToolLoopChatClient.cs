using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Conversation.Tools;

/// <summary>
/// Runs the tools a model asks for and asks it again with the results, until it answers. Text streams through as it comes.
/// Once the tools of a round ran, an assistant update with all its <see cref="FunctionCallContent"/> and a tool update with all
/// <see cref="FunctionResultContent"/> are yielded, in this order and always in pairs: a consumer that appends what it sees to its
/// history keeps a history that every endpoint accepts, whenever it was cancelled. Not thread-safe; one per conversation.
/// </summary>
public sealed class ToolLoopChatClient : DelegatingChatClient
{
    private readonly IToolLoopObserver? _observer;
    private readonly ToolLoopOptions _options;
    private readonly TimeProvider _time;
    private readonly ToolRunner _runner;

    /// <summary>Creates the loop around a model. The tools are those of each request's <see cref="ChatOptions.Tools"/>.</summary>
    /// <param name="inner">The model; disposed with the loop.</param>
    /// <param name="observer">Is told of every call.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">The clock of time limits; the system's by default.</param>
    /// <param name="logger">Where failures of tools are logged; the model is told less than an operator needs.</param>
    public ToolLoopChatClient(
        IChatClient inner, IToolLoopObserver? observer = null, ToolLoopOptions? options = null, TimeProvider? time = null, ILogger? logger = null)
        : base(inner)
    {
        _observer = observer;
        _options = options ?? new ToolLoopOptions();
        _time = time ?? TimeProvider.System;
        _runner = new ToolRunner(_options, _time, logger ?? NullLogger.Instance);
    }

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ChatMessage> history = [.. messages];
        var spacing = new TextSpacing();
        for (int round = 0; ; round++)
        {
            bool mayCall = round < _options.MaxRounds;
            List<AIContent> said = [];
            List<FunctionCallContent> calls = [];
            await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(history, mayCall ? options : WithoutTools(options), cancellationToken)
                .ConfigureAwait(false))
            {
                calls.AddRange(update.Contents.OfType<FunctionCallContent>());
                if (WithoutCalls(update) is not { } rest)
                    continue;
                said.AddRange(rest.Contents.OfType<TextContent>());
                if (spacing.NeedsSpaceBefore(rest.Text))
                    yield return new ChatResponseUpdate(ChatRole.Assistant, " ");
                yield return rest;
            }

            spacing.EndRound();
            if (calls.Count == 0)
                yield break;
            if (!mayCall)
            {
                yield return new ChatResponseUpdate(
                    ChatRole.Assistant,
                    [new ErrorContent($"The model kept calling tools after {_options.MaxRounds} rounds.") { ErrorCode = "tool_loop_bound" }]);
                yield break;
            }

            if (_observer is not null)
                await _observer.BeforeToolsAsync(cancellationToken).ConfigureAwait(true);
            var batch = new ToolBatch(_runner, calls, options?.Tools, _observer, _time);
            if (said.Count == 0 && batch.SayBefore is { } before)
            {
                yield return new ChatResponseUpdate(ChatRole.Assistant, spacing.Sentence(before));
                said.Add(new TextContent(before));
            }

            await foreach (string filler in batch.RunAsync(cancellationToken).ConfigureAwait(false))
                yield return new ChatResponseUpdate(ChatRole.Assistant, spacing.Sentence(filler));

            yield return new ChatResponseUpdate(ChatRole.Assistant, [.. calls]);
            yield return new ChatResponseUpdate(ChatRole.Tool, [.. batch.Results]);
            history.Add(new ChatMessage(ChatRole.Assistant, [.. said, .. calls]));
            history.Add(new ChatMessage(ChatRole.Tool, [.. batch.Results]));
        }
    }

    private static ChatOptions? WithoutTools(ChatOptions? options)
    {
        if (options?.Tools is not { Count: > 0 })
            return options;
        ChatOptions copy = options.Clone();
        copy.Tools = null;
        copy.ToolMode = null;
        return copy;
    }

    private static ChatResponseUpdate? WithoutCalls(ChatResponseUpdate update)
    {
        if (!update.Contents.Any(content => content is FunctionCallContent))
            return update;
        List<AIContent> rest = [.. update.Contents.Where(content => content is not FunctionCallContent)];
        if (rest.Count == 0 && update.FinishReason is null)
            return null;
        ChatResponseUpdate copy = update.Clone();
        copy.Contents = rest;
        return copy;
    }
}
