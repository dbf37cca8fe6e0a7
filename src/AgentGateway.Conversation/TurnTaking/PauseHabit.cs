namespace AgentGateway.Conversation.TurnTaking;

/// <summary>
/// Learns how long this caller pauses inside their turns, and so the least time to wait for them: a running average with a
/// margin. Nothing is learned from less than two pauses.
/// </summary>
internal sealed class PauseHabit(TimeSpan limit)
{
    private const double Weight = 0.3;
    private const double Margin = 1.25;
    private const int Enough = 2;

    private int _count;
    private TimeSpan _average;

    /// <summary>The least delay for this caller; zero while nothing was learned.</summary>
    public TimeSpan LeastDelay
    {
        get
        {
            if (_count < Enough)
                return TimeSpan.Zero;
            TimeSpan wanted = _average * Margin;
            return wanted < limit ? wanted : limit;
        }
    }

    /// <summary>Adds a pause, from the end of speech to the speech that went on with the turn.</summary>
    public void Add(TimeSpan pause)
    {
        if (pause <= TimeSpan.Zero)
            return;
        // A long pause says that the caller was distracted, not how they speak.
        TimeSpan bounded = pause < limit ? pause : limit;
        _average = _count == 0 ? bounded : _average + ((bounded - _average) * Weight);
        _count++;
    }
}
