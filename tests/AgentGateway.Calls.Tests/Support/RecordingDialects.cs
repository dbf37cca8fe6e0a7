using System.Threading.Channels;
using AgentGateway.Conversation.Events;

namespace AgentGateway.Calls.Tests.Support;

/// <summary>A dialect that tells the test what it was told; the message "wait" blocks it until <see cref="Gate"/> opens.</summary>
internal sealed class RecordingDialects : ICallDialectFactory
{
    /// <summary>A label that carries no events.</summary>
    internal const string SilentLabel = "silent";

    private readonly Channel<object> _told = Channel.CreateUnbounded<object>();
    private readonly TaskCompletionSource _atGate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Messages (string) and events, in the order the dialect got them.</summary>
    internal ChannelReader<object> Told => _told.Reader;

    internal ManualResetEventSlim Gate { get; } = new();

    /// <summary>Completes when a dialect has begun to wait at the gate: nothing else is taken until it opens.</summary>
    internal Task AtGate => _atGate.Task.WaitAsync(Testing.Calls.WebRtcCaller.Limit);

    internal ICallControl? Call { get; private set; }

    public ICallDialect? Create(string channelLabel, ICallControl call)
    {
        if (channelLabel == SilentLabel)
            return null;
        Call = call;
        return new Dialect(this, call);
    }

    /// <summary>Reads up to the first message or event that fits, and returns all that was read.</summary>
    internal async Task<List<object>> ReadUntilAsync(Func<object, bool> fits)
    {
        using var limit = new CancellationTokenSource(Testing.Calls.WebRtcCaller.Limit);
        List<object> read = [];
        do
            read.Add(await _told.Reader.ReadAsync(limit.Token));
        while (!fits(read[^1]));
        return read;
    }

    private sealed class Dialect(RecordingDialects owner, ICallControl call) : ICallDialect
    {
        public void HandleMessage(string message)
        {
            if (message == "throw")
                throw new InvalidOperationException("a defect in a dialect");
            if (message == "wait")
            {
                owner._atGate.TrySetResult();
                owner.Gate.Wait();
            }

            if (message.StartsWith("say ", StringComparison.Ordinal))
                call.SubmitText(message[4..], runImmediately: true, audioResponse: true);
            if (message.StartsWith("echo ", StringComparison.Ordinal))
                call.Send(message[5..]);
            owner._told.Writer.TryWrite(message);
        }

        public void HandleEvent(ConversationEvent e) => owner._told.Writer.TryWrite(e);
    }
}
