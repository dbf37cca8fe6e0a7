using AgentGateway.Primitives;

namespace AgentGateway.Net;

/// <summary>What a shard counts. Written by its thread, read by any.</summary>
internal sealed class ShardCounters
{
    private long _received;
    private long _sent;
    private long _unroutable;
    private long _failed;
    private LatenessHistogram _lateness = new();

    internal long DatagramsReceived => Volatile.Read(ref _received);

    internal long DatagramsSent => Volatile.Read(ref _sent);

    /// <summary>Datagrams that belong to no connection: late ones, scans, garbage.</summary>
    internal long DatagramsUnroutable => Volatile.Read(ref _unroutable);

    internal long ConnectionsFailed => Volatile.Read(ref _failed);

    /// <summary>
    /// How late media ticks left the shard since this was called last: from the moment a tick was due to the moment the system
    /// had its packets. A tick that is being counted meanwhile may be lost.
    /// </summary>
    internal LatenessHistogram TakeLateness() => Interlocked.Exchange(ref _lateness, new LatenessHistogram());

    internal void Received(int count) => Volatile.Write(ref _received, _received + count);

    internal void Sent() => Volatile.Write(ref _sent, _sent + 1);

    internal void Unroutable() => Volatile.Write(ref _unroutable, _unroutable + 1);

    internal void Failed() => Volatile.Write(ref _failed, _failed + 1);

    internal void Lateness(TimeSpan lateness) => Volatile.Read(ref _lateness).Add(lateness);
}
