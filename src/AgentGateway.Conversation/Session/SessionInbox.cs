using System.Threading.Channels;

namespace AgentGateway.Conversation.Session;

/// <summary>The loop's mailbox: bounded, writers wait; closed when the loop ends, after which posting does nothing.</summary>
internal sealed class SessionInbox(AsyncSignal wake)
{
    private const int Capacity = 512;

    private readonly Channel<SessionInput> _channel = Channel.CreateBounded<SessionInput>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    /// <summary>Posts, waiting for room.</summary>
    public async ValueTask PostAsync(SessionInput input)
    {
        try
        {
            if (!_channel.Writer.TryWrite(input))
                await _channel.Writer.WriteAsync(input);
            wake.Set();
        }
        catch (ChannelClosedException)
        {
            // The conversation is over: nobody wants to know.
        }
    }

    /// <summary>Posts if there is room.</summary>
    public bool TryPost(SessionInput input)
    {
        bool posted = _channel.Writer.TryWrite(input);
        wake.Set();
        return posted;
    }

    public bool TryTake(out SessionInput input) => _channel.Reader.TryRead(out input!);

    public void Close() => _channel.Writer.TryComplete();
}
