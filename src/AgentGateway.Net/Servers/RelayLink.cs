using AgentGateway.Net.Streams;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Turn;

namespace AgentGateway.Net.Servers;

/// <summary>One allocation on one TURN server and what carries it: the shard's socket or a stream. The shard's thread only, but for <see cref="Ended"/>.</summary>
internal sealed class RelayLink(TurnClient client, TransportAddress server, FrameStream? stream, ushort preference)
{
    private readonly TaskCompletionSource<TurnEvent> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _allocated = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal TurnClient Client => client;

    internal TransportAddress Server => server;

    internal FrameStream? Stream => stream;

    /// <summary>The local preference of its candidate.</summary>
    internal ushort Preference => preference;

    /// <summary>The address its packets arrive at, over UDP.</summary>
    internal TransportAddress Local { get; set; }

    /// <summary>What calls are offered: the relayed candidate, and the server-reflexive one that came with it.</summary>
    internal List<Rtc.Ice.IceCandidate> Candidates { get; } = [];

    /// <summary>Completes with the first allocation.</summary>
    internal Task Allocated => _allocated.Task;

    /// <summary>Completes with the end of the allocation, or with why there is none.</summary>
    internal Task<TurnEvent> Ended => _ended.Task;

    internal void Tell(in TurnEvent e)
    {
        if (e.Kind == TurnEventKind.Allocated)
            _allocated.TrySetResult();
        else
            _ended.TrySetResult(e);
    }

    internal void Abandon() => _ended.TrySetResult(new TurnEvent { Kind = TurnEventKind.Closed });
}
