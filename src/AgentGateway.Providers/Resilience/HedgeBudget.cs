namespace AgentGateway.Providers.Resilience;

/// <summary>
/// The cost cap of hedging: over any number of requests from the first on, at most so many per cent are asked twice. What was saved in good
/// times is kept for ten hedges, so that a bad hour does not double its bill. Thread-safe.
/// </summary>
internal sealed class HedgeBudget
{
    private const int Cost = 100;
    private const int MaxSaved = 10 * Cost;

    private readonly Lock _lock = new();
    private int _saved;

    /// <summary>A request begins.</summary>
    /// <param name="percent">0..100.</param>
    public void Earn(int percent)
    {
        lock (_lock)
            _saved = Math.Min(_saved + percent, MaxSaved);
    }

    /// <summary>Pays for one hedge.</summary>
    /// <returns>False when there is too little.</returns>
    public bool TrySpend()
    {
        lock (_lock)
        {
            if (_saved < Cost)
                return false;
            _saved -= Cost;
            return true;
        }
    }
}
