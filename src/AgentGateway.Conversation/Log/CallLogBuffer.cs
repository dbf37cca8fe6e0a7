using AgentGateway.Conversation.Log.Codec;

namespace AgentGateway.Conversation.Log;

/// <summary>A log in memory, for tests and tools. Not thread-safe.</summary>
public sealed class CallLogBuffer : ICallLog
{
    private readonly LogEncoder _encoder = new();
    private bool _complete;

    /// <summary>The log so far: a whole file once it is complete.</summary>
    public ReadOnlyMemory<byte> Bytes => _encoder.Pending;

    /// <inheritdoc/>
    public void Begin(CallLogHeader header) => _encoder.Begin(header);

    /// <inheritdoc/>
    public void Add(CallLogEntry entry) => _encoder.Add(entry);

    /// <inheritdoc/>
    public void Complete()
    {
        if (!_complete)
            _encoder.End(CallLogEnd.Complete);
        _complete = true;
    }
}
