using System.Runtime.CompilerServices;
using AgentGateway.Conversation.Ports;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Providers.Llm;

/// <summary>
/// Answers from a second client when the first fails before its first word; without a second one it says an apology. The failure is told by an
/// <see cref="ErrorContent"/> (code and message of the <see cref="LlmException"/>) before the substitute's words. A failure after the
/// first word goes to the consumer: what was spoken cannot be taken back.
/// </summary>
public sealed partial class FallbackChatClient : DelegatingChatClient
{
    private readonly IChatClient? _substitute;
    private readonly string _apology;
    private readonly ILogger _logger;

    /// <summary>Creates the decorator.</summary>
    /// <param name="inner">Asked first.</param>
    /// <param name="substitute">Asked when it fails; null for the apology alone. Not disposed.</param>
    /// <param name="apology">Said when there is no substitute, or it fails too.</param>
    /// <param name="logger">Where failures are logged.</param>
    public FallbackChatClient(IChatClient inner, IChatClient? substitute, string apology, ILogger logger)
        : base(inner)
    {
        _substitute = substitute;
        _apology = apology;
        _logger = logger;
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
        LlmException? failure = null;
        await using (IAsyncEnumerator<ChatResponseUpdate> stream =
            base.GetStreamingResponseAsync(history, options, cancellationToken).GetAsyncEnumerator(cancellationToken))
        {
            bool spoke = false;
            while (true)
            {
                bool more;
                try
                {
                    more = await stream.MoveNextAsync().ConfigureAwait(false);
                }
                catch (LlmException e) when (!spoke)
                {
                    failure = e;
                    break;
                }

                if (!more)
                    yield break;
                spoke |= stream.Current.Contents.Any(content => content is TextContent or FunctionCallContent);
                yield return stream.Current;
            }
        }

        LogFailure(_logger, failure.Code, failure.Message, _substitute is null ? "an apology" : "the script");
        yield return new ChatResponseUpdate(ChatRole.Assistant, [new ErrorContent(failure.Message) { ErrorCode = failure.Code }]);
        if (_substitute is null)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, _apology) { FinishReason = ChatFinishReason.Stop };
            yield break;
        }

        await foreach (ChatResponseUpdate update in _substitute.GetStreamingResponseAsync(history, options, cancellationToken).ConfigureAwait(false))
            yield return update;
    }

    [LoggerMessage(6200, LogLevel.Warning, "The language model failed ({Code}): {Reason} Answered by {Substitute}")]
    private static partial void LogFailure(ILogger logger, string code, string reason, string substitute);
}
