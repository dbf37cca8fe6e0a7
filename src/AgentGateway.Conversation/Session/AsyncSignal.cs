using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace AgentGateway.Conversation.Session;

/// <summary>
/// Wakes one waiting loop. Setting a set signal changes nothing, never blocks on a waiter and allocates nothing, so the
/// media thread may do it. Any thread may set it; one flow may wait.
/// </summary>
internal sealed class AsyncSignal
{
    private readonly Channel<bool> _channel = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Sets the signal.</summary>
    public void Set() => _channel.Writer.TryWrite(true);

    /// <summary>Waits until the signal is set and clears it. Waiting allocates nothing, unless it can be cancelled; await the result once.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        await _channel.Reader.WaitToReadAsync(cancellationToken);
        _channel.Reader.TryRead(out _);
    }

    /// <summary>Clears the signal.</summary>
    /// <returns>Whether it was set.</returns>
    public bool TryTake() => _channel.Reader.TryRead(out _);
}
