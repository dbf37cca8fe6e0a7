using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Turn;

namespace AgentGateway.Net.Servers;

/// <summary>A STUN server that the shard's socket asks. The shard's thread only, but for <see cref="Answered"/>.</summary>
internal sealed class GatherLink(StunGatherer gatherer, TransportAddress server)
{
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal StunGatherer Gatherer => gatherer;

    internal TransportAddress Server => server;

    internal Rtc.Ice.IceCandidate? Candidate { get; set; }

    /// <summary>Completes with the first answer, or when there is none.</summary>
    internal Task Answered => _answered.Task;

    internal void Tell() => _answered.TrySetResult();
}
