using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;

namespace AgentGateway.Calls.Legs;

/// <summary>
/// What a call does with the caller's audio. Lives on the shard's thread; never blocks, and allocates nothing per packet.
/// </summary>
internal abstract class AudioLeg : IDisposable
{
    /// <summary>Whether it sends a frame every 20 ms.</summary>
    internal virtual bool IsPaced => false;

    /// <summary>When <see cref="HandleTimeout"/> is due; null while there is nothing to pace.</summary>
    internal virtual Instant? NextTimeout => null;

    /// <summary>Counters up to now.</summary>
    internal virtual LegStatistics Statistics => default;

    /// <summary>Keys are agreed: audio may flow both ways.</summary>
    /// <param name="begin">Now, or for a paced leg when it sends its first frame: less than 20 ms from now.</param>
    /// <param name="peer">The peer.</param>
    internal virtual void Start(Instant begin, RtcPeer peer)
    {
    }

    /// <summary>What was agreed for audio has changed, or the caller is heard in another section.</summary>
    /// <param name="peer">Knows what we send.</param>
    /// <param name="heard">What is received; null when nothing was yet.</param>
    internal virtual void HandleRenegotiated(RtcPeer peer, NegotiatedAudio? heard)
    {
    }

    /// <summary>The caller's audio comes from another source now: its numbers start anew.</summary>
    internal virtual void HandleStreamChanged()
    {
    }

    /// <summary>An audio packet of the caller.</summary>
    internal abstract void HandleAudio(Instant now, RtcPeer peer, in RtcPeerEvent packet);

    /// <summary>A comfort noise packet of the caller: a pause.</summary>
    internal virtual void HandleComfortNoise(Instant now, in RtcPeerEvent packet)
    {
    }

    /// <summary>The 20 ms tick.</summary>
    internal virtual void HandleTimeout(Instant now, RtcPeer peer)
    {
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }
}
