using System.Threading.Channels;
using AgentGateway.Conversation.Events;

namespace AgentGateway.Conversation.Session;

/// <summary>
/// The event stream. While its reader does not keep up, progress and interim events are dropped and counted; for others the
/// loop waits a moment, so that a slow observer slows down before it loses anything that matters.
/// </summary>
internal sealed class EventSink(TimeProvider time)
{
    private const int Capacity = 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Channel<ConversationEvent> _channel =
        Channel.CreateBounded<ConversationEvent>(new BoundedChannelOptions(Capacity) { SingleWriter = true });

    private long _dropped;

    public ChannelReader<ConversationEvent> Reader => _channel.Reader;

    public long Dropped => Volatile.Read(ref _dropped);

    public async ValueTask EmitAsync(ConversationEvent e)
    {
        if (_channel.Writer.TryWrite(e))
            return;
        if (e is not (SegmentProgress or ReplyText or UserTranscript { IsFinal: false }))
        {
            using var patience = new CancellationTokenSource(Patience, time);
            try
            {
                await _channel.Writer.WriteAsync(e, patience.Token);
                return;
            }
            catch (Exception exception) when (exception is OperationCanceledException or ChannelClosedException)
            {
                // Counted below: an observer that went away must not stop the conversation.
            }
        }

        Volatile.Write(ref _dropped, _dropped + 1);
    }

    public void Complete() => _channel.Writer.TryComplete();
}
