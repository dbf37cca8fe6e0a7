using AgentGateway.Rtc.Turn;

namespace AgentGateway.Net.Servers;

/// <summary>What a shard's TURN clients dropped, those that are gone included. Immutable but for the counters it reads; any thread.</summary>
/// <param name="Live">Counters of the clients there are.</param>
/// <param name="Gone">The sums of those that ended, by reason.</param>
internal sealed record TurnDrops(IReadOnlyList<TurnStatistics> Live, IReadOnlyList<long> Gone)
{
    /// <summary>All reasons, in the order of <see cref="Gone"/>.</summary>
    internal static readonly TurnDropReason[] Reasons = Enum.GetValues<TurnDropReason>();

    internal static readonly TurnDrops None = new([], new long[Reasons.Length]);

    internal long Count(TurnDropReason reason) => Gone[(int)reason] + Live.Sum(s => s.Drops(reason));

    internal TurnDrops With(TurnStatistics client) => this with { Live = [.. Live, client] };

    internal TurnDrops Without(TurnStatistics client) => new([.. Live.Where(s => s != client)], [.. Reasons.Select(r => Gone[(int)r] + client.Drops(r))]);
}
