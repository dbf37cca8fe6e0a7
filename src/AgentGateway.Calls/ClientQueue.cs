using System.Threading.Channels;
using AgentGateway.Conversation.Events;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Calls;

/// <summary>
/// Where conversation events and client messages meet, so that the client's dialect sees them one at a time and in order.
/// Any thread may write; one flow reads.
/// </summary>
internal sealed partial class ClientQueue(string callId, CallDrops drops, ILogger logger)
{
    private const int Length = 1024;

    // Events wait for room (they are few and bounded by the conversation); a client's messages do not: a client that
    // floods loses its own messages and nobody else's.
    private readonly Channel<Input> _inputs = Channel.CreateBounded<Input>(
        new BoundedChannelOptions(Length) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private volatile ICallDialect? _dialect;

    /// <summary>The client opened its channel: events are told from now on, those kept so far first.</summary>
    internal void Open(ICallDialect dialect)
    {
        _dialect = dialect;

        // Only wakes the reader, which looks at the dialect before each input: a full queue needs no waking.
        _inputs.Writer.TryWrite(default);
    }

    /// <summary>A text message of the client.</summary>
    internal void Add(string message)
    {
        if (!_inputs.Writer.TryWrite(new Input(message, null)))
            drops.Count(CallDropReason.MessageQueueFull);
    }

    /// <summary>An event; waits for room.</summary>
    internal ValueTask AddAsync(ConversationEvent e) => _inputs.Writer.WriteAsync(new Input(null, e));

    /// <summary>Nothing follows; <see cref="RunAsync"/> completes when everything was told.</summary>
    internal void Complete() => _inputs.Writer.TryComplete();

    internal async Task RunAsync()
    {
        // Events that happen before the client opened its channel are told once it did.
        var early = new Queue<ConversationEvent>();
        await foreach (Input input in _inputs.Reader.ReadAllAsync())
        {
            if (_dialect is { } dialect)
            {
                while (early.TryDequeue(out ConversationEvent? kept))
                    Tell(dialect, new Input(null, kept));
                Tell(dialect, input);
            }
            else if (input.Event is not null && early.Count < Length)
            {
                early.Enqueue(input.Event);
            }
            else if (input.Event is not null)
            {
                drops.Count(CallDropReason.EventUntold);
            }
        }
    }

    private void Tell(ICallDialect dialect, Input input)
    {
        try
        {
            if (input.Message is not null)
                dialect.HandleMessage(input.Message);
            else if (input.Event is not null)
                dialect.HandleEvent(input.Event);
        }
        catch (Exception e)
        {
            LogDialectFailed(logger, e, callId);
        }
    }

    [LoggerMessage(7003, LogLevel.Error, "A message or event of call {CallId} could not be handled")]
    private static partial void LogDialectFailed(ILogger logger, Exception e, string callId);

    /// <summary>A message or an event; neither only wakes the reader.</summary>
    private readonly record struct Input(string? Message, ConversationEvent? Event);
}
