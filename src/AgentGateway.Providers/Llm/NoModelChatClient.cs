using System.Runtime.CompilerServices;
using AgentGateway.Conversation.Ports;
using Microsoft.Extensions.AI;

namespace AgentGateway.Providers.Llm;

/// <summary>Fails every request with the reason why there is no model: for agents without a script. The session then says the apology.</summary>
internal sealed class NoModelChatClient(string reason) : IChatClient
{
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromException<ChatResponse>(Failure());

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.FromException(Failure()).ConfigureAwait(false);
        yield break;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        // Nothing is held.
    }

    private LlmException Failure() => new(LlmException.Unavailable, $"There is no language model: {reason}.", isTransient: false);
}
