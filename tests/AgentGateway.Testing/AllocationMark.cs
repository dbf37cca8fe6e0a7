namespace AgentGateway.Testing;

/// <summary>The beginning of a short span that cannot be run again, one of many; made by <see cref="Allocations.Mark"/>.</summary>
public readonly struct AllocationMark
{
    private readonly int _collections;
    private readonly long _bytes;

    internal AllocationMark(int collections, long bytes) => (_collections, _bytes) = (collections, bytes);

    /// <summary>Bytes allocated on this thread since the mark; 0 where a collection fell into the span, which is then not counted.</summary>
    public long Since()
    {
        long bytes = GC.GetAllocatedBytesForCurrentThread() - _bytes;
        return GC.CollectionCount(0) == _collections ? bytes : 0;
    }
}
