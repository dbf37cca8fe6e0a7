using System.Collections.Concurrent;

namespace AgentGateway.Conversation.Session;

/// <summary>
/// How long finals of each recogniser are worth waiting for, learned over all calls of a process, so that a call does not
/// begin with the most cautious wait. Thread-safe.
/// </summary>
public sealed class FinalTimes
{
    private const double Weight = 0.2;

    private readonly ConcurrentDictionary<string, TimeSpan> _waits = new(StringComparer.Ordinal);

    /// <summary>The wait for a recogniser; null while no call measured it.</summary>
    public TimeSpan? Of(string recognizer) => _waits.TryGetValue(recognizer, out TimeSpan wait) ? wait : null;

    /// <summary>Adds what a call measured.</summary>
    public void Learn(string recognizer, TimeSpan wait) =>
        _waits.AddOrUpdate(recognizer, wait, (_, known) => known + ((wait - known) * Weight));
}
