using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;

namespace AgentGateway.Testing.Peers;

/// <summary>
/// A fingerprint of everything a peer told: times, kinds, sizes (FNV-1a). Contents and keys are left out, because OpenSSL's randomness
/// is not ours. Equal runs have equal digests.
/// </summary>
public sealed class EventDigest
{
    private ulong _hash = 14695981039346656037;

    public ulong Value => _hash;

    public long Count { get; private set; }

    public void Add(Instant at, in RtcPeerEvent e)
    {
        Count++;
        Mix((ulong)at.Ticks);
        Mix((ulong)e.Kind);
        Mix((ulong)e.State);
        Mix((ulong)e.Reason);
        Mix((ulong)e.Payload.Length);
        Mix((ulong)e.Sequence);
        Mix((ulong)e.Timestamp);
        Mix(e.ChannelId);
    }

    public override string ToString() => FormattableString.Invariant($"{Count} events, {_hash:x16}");

    private void Mix(ulong value)
    {
        for (int i = 0; i < 64; i += 8)
            _hash = (_hash ^ (byte)(value >> i)) * 1099511628211;
    }
}
