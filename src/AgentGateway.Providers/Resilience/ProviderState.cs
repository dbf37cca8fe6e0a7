namespace AgentGateway.Providers.Resilience;

/// <summary>Whether a provider is asked.</summary>
public enum ProviderState
{
    /// <summary>It is asked.</summary>
    Closed,

    /// <summary>It failed repeatedly and is left alone for a moment.</summary>
    Open,

    /// <summary>The moment is over: one request finds out whether it answers again.</summary>
    Probing,
}
