namespace AgentGateway.Calls;

/// <summary>Counts by reason. Thread-safe.</summary>
internal sealed class CallDrops
{
    private static readonly CallDropReason[] Reasons = Enum.GetValues<CallDropReason>();

    private readonly long[] _counts = new long[Reasons.Length];

    internal long this[CallDropReason reason] => Interlocked.Read(ref _counts[(int)reason]);

    internal void Count(CallDropReason reason) => Interlocked.Increment(ref _counts[(int)reason]);

    /// <summary>Adds what occurred, named "call.Reason".</summary>
    internal void AddTo(IDictionary<string, long> drops)
    {
        foreach (CallDropReason reason in Reasons)
        {
            if (this[reason] is > 0 and long count)
                drops[$"call.{reason}"] = count;
        }
    }
}
