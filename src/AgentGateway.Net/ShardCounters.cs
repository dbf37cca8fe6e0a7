namespace AgentGateway.Net;

/// <summary>What a shard counts. Written by its thread, read by any.</summary>
internal sealed class ShardCounters
{
    private long _received;
    private long _sent;
    private long _unroutable;
    private long _failed;
    private long _maxLatenessTicks;

    internal long DatagramsReceived => Volatile.Read(ref _received);

    internal long DatagramsSent => Volatile.Read(ref _sent);

    /// <summary>Datagrams that belong to no connection: late ones, scans, garbage.</summary>
    internal long DatagramsUnroutable => Volatile.Read(ref _unroutable);

    internal long ConnectionsFailed => Volatile.Read(ref _failed);

    /// <summary>Reads and resets the worst lateness of a media tick since the last read.</summary>
    internal TimeSpan TakeMaxLateness() => TimeSpan.FromTicks(Interlocked.Exchange(ref _maxLatenessTicks, 0));

    internal void Received(int count) => Volatile.Write(ref _received, _received + count);

    internal void Sent() => Volatile.Write(ref _sent, _sent + 1);

    internal void Unroutable() => Volatile.Write(ref _unroutable, _unroutable + 1);

    internal void Failed() => Volatile.Write(ref _failed, _failed + 1);

    internal void Lateness(TimeSpan lateness)
    {
        if (lateness.Ticks > Volatile.Read(ref _maxLatenessTicks))
            Volatile.Write(ref _maxLatenessTicks, lateness.Ticks);
    }
}
