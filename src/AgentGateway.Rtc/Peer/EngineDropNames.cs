using System.Collections.Immutable;
using AgentGateway.Rtc.Dtls;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Sctp;

namespace AgentGateway.Rtc.Peer;

/// <summary>Gathers the drop counters of the engines under stable names.</summary>
internal static class EngineDropNames
{
    private static readonly (IceDropReason Reason, string Name)[] Ice = Names<IceDropReason>("ice.");
    private static readonly (SctpDropReason Reason, string Name)[] Sctp = Names<SctpDropReason>("sctp.");

    public static ImmutableDictionary<string, long> Snapshot(IceStatistics ice, DtlsStatistics? dtls, SctpStatistics? sctp)
    {
        ImmutableDictionary<string, long>.Builder builder = ImmutableDictionary.CreateBuilder<string, long>();
        foreach ((IceDropReason reason, string name) in Ice)
            Add(builder, name, ice.Drops(reason));
        if (dtls is { } d)
        {
            Add(builder, "dtls.NotActive", d.DroppedNotActive);
            Add(builder, "dtls.Malformed", d.DroppedMalformed);
            Add(builder, "dtls.Excess", d.DroppedExcess);
            Add(builder, "dtls.Duplicate", d.DroppedDuplicate);
            Add(builder, "dtls.QueueFull", d.DroppedQueueFull);
        }

        if (sctp is not null)
        {
            foreach ((SctpDropReason reason, string name) in Sctp)
                Add(builder, name, sctp[reason]);
        }

        return builder.ToImmutable();
    }

    private static void Add(ImmutableDictionary<string, long>.Builder builder, string name, long count)
    {
        if (count > 0)
            builder[name] = count;
    }

    private static (TReason Reason, string Name)[] Names<TReason>(string prefix)
        where TReason : struct, Enum =>
        [.. Enum.GetValues<TReason>().Select(r => (r, prefix + r))];
}
