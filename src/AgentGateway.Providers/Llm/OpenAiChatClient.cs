using System.ClientModel;
using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using AgentGateway.Conversation.Ports;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;

namespace AgentGateway.Providers.Llm;

/// <summary>
/// An OpenAI-compatible endpoint as <see cref="IChatClient"/>: OpenAI, Ollama, vLLM, any base URL. Streams; tool calls that come in fragments are
/// yielded whole, after the last fragment. One attempt per request: retries and time limits are decorators. Fails with
/// <see cref="LlmException"/> only. Thread-safe.
/// </summary>
public sealed class OpenAiChatClient : IChatClient
{
    private const int MaxReplyCharacters = 32 * 1024;

    private readonly ChatClient _client;
    private readonly LlmEndpoint _endpoint;
    private readonly ChatClientMetadata _metadata;

    /// <summary>Creates the client. Nothing is sent before the first request.</summary>
    /// <param name="endpoint">Where and what.</param>
    /// <param name="http">Carries the requests; owned by the caller, without a timeout of its own.</param>
    public OpenAiChatClient(LlmEndpoint endpoint, HttpClient http)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        _endpoint = endpoint;
        var options = new OpenAIClientOptions
        {
            Endpoint = endpoint.BaseUrl,
            Transport = new HttpClientPipelineTransport(http),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
            UserAgentApplicationId = "AgentGateway",
        };
#pragma warning disable OPENAI001 // The stable constructors insist on a key, and a made-up one would be sent to servers that want none.
        _client = endpoint.ApiKey is { Length: > 0 } key
            ? new ChatClient(endpoint.Model, new ApiKeyCredential(key), options)
            : new ChatClient(endpoint.Model, NoAuthentication.Instance, options);
#pragma warning restore OPENAI001
        _metadata = new ChatClientMetadata("openai", endpoint.BaseUrl, endpoint.Model);
    }

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<Microsoft.Extensions.AI.ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    /// <exception cref="LlmException">The endpoint refused, broke off or answered nonsense.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<Microsoft.Extensions.AI.ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var calls = new ToolCallAssembler();
        ChatResponseUpdate? last = null;
        int length = 0;
        await using IAsyncEnumerator<StreamingChatCompletionUpdate> stream = Open(messages, options, cancellationToken);
        while (await NextAsync(stream, cancellationToken).ConfigureAwait(false))
        {
            StreamingChatCompletionUpdate chunk = stream.Current;
            foreach (StreamingChatToolCallUpdate fragment in chunk.ToolCallUpdates)
                calls.Add(fragment);
            ChatResponseUpdate update = OpenAiMapping.ToUpdate(chunk);
            length += update.Text.Length;
            if (length > MaxReplyCharacters)
            {
                // Leaving the loop closes the request: an endpoint that never ends must not hold the call.
                yield return new ChatResponseUpdate { Role = ChatRole.Assistant, FinishReason = Microsoft.Extensions.AI.ChatFinishReason.Length };
                yield break;
            }

            if (chunk.FinishReason is { } reason)
            {
                last = update;
                last.FinishReason = OpenAiMapping.ToFinishReason(reason, calls.Count > 0);
                foreach (FunctionCallContent call in calls.Finish(chunk.CompletionId))
                    last.Contents.Add(call);
                yield return last;
            }
            else if (update.Contents.Count > 0)
            {
                yield return update;
            }
        }

        if (last is null)
            throw new LlmException(LlmException.BadReply, $"The answer of {_endpoint} ended before it was complete.");
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType == typeof(ChatClient) ? _client
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The HTTP client belongs to the caller.
    }

    private IAsyncEnumerator<StreamingChatCompletionUpdate> Open(
        IEnumerable<Microsoft.Extensions.AI.ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        bool isOpenAi = _endpoint.BaseUrl.Host.EndsWith("openai.com", StringComparison.OrdinalIgnoreCase);
        return _client.CompleteChatStreamingAsync(OpenAiMapping.ToMessages(messages), OpenAiMapping.ToOptions(options, isOpenAi), cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
    }

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<StreamingChatCompletionUpdate> stream, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested)
        {
            // A cancelled read may surface as an I/O error.
            throw e as OperationCanceledException ?? new OperationCanceledException(e.Message, e, cancellationToken);
        }
        catch (Exception e)
        {
            throw LlmFailure.From(e, _endpoint);
        }
    }

    /// <summary>Sends no Authorization header.</summary>
    private sealed class NoAuthentication : AuthenticationPolicy
    {
        public static readonly NoAuthentication Instance = new();

        public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex) =>
            ProcessNext(message, pipeline, currentIndex);

        public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex) =>
            ProcessNextAsync(message, pipeline, currentIndex);
    }
}
