using System.Collections.Immutable;

namespace AgentGateway.Rtc.Peer;

/// <summary>One counter per <see cref="RtcDropReason"/>.</summary>
internal sealed class DropCounters
{
    private readonly long[] _counts = new long[Enum.GetValues<RtcDropReason>().Length];

    public void Count(RtcDropReason reason) => _counts[(int)reason]++;

    public ImmutableDictionary<RtcDropReason, long> Snapshot()
    {
        ImmutableDictionary<RtcDropReason, long>.Builder builder = ImmutableDictionary.CreateBuilder<RtcDropReason, long>();
        for (int i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] > 0)
                builder[(RtcDropReason)i] = _counts[i];
        }

        return builder.ToImmutable();
    }
}
