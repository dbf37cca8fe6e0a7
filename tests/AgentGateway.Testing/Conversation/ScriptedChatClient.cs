using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AgentGateway.Testing.Conversation;

/// <summary>A language model whose replies are written down: text pieces, pauses, tool calls and failures.</summary>
public sealed class ScriptedChatClient(TimeProvider time) : IChatClient
{
    private readonly Queue<object[]> _replies = new();
    private int _pauses;

    /// <summary>The messages of each request.</summary>
    public List<IList<ChatMessage>> Requests { get; } = [];

    public List<ChatOptions?> Options { get; } = [];

    /// <summary>Requests that ended early.</summary>
    public int Cancelled { get; private set; }

    /// <summary>Pauses that began.</summary>
    public int Pauses => Volatile.Read(ref _pauses);

    /// <summary>What is answered when no reply is written down; null fails the request.</summary>
    public string? Default { get; set; }

    /// <summary>Writes down the next reply: <see cref="string"/> text, <see cref="TimeSpan"/> pause, <see cref="AIContent"/>, <see cref="Exception"/>, or a <see cref="Task"/> to wait for without a token.</summary>
    public ScriptedChatClient Reply(params object[] steps)
    {
        _replies.Enqueue(steps);
        return this;
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Requests.Add([.. messages]);
        Options.Add(options);
        object[] steps = _replies.TryDequeue(out object[]? written) ? written
            : Default is { } text ? [text] : [new InvalidOperationException("No reply is written down.")];
        bool complete = false;
        try
        {
            foreach (object step in steps)
            {
                cancellationToken.ThrowIfCancellationRequested();
                switch (step)
                {
                    case string delta:
                        yield return new ChatResponseUpdate(ChatRole.Assistant, delta);
                        break;
                    case TimeSpan pause:
                        Task over = Task.Delay(pause, time, cancellationToken);
                        Interlocked.Increment(ref _pauses);
                        await over;
                        break;
                    case Task wait:
                        await wait;
                        break;
                    case AIContent content:
                        yield return new ChatResponseUpdate(ChatRole.Assistant, [content]);
                        break;
                    case Exception exception:
                        throw exception;
                }
            }

            complete = true;
        }
        finally
        {
            Cancelled += complete ? 0 : 1;
        }
    }

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
