namespace AgentGateway.Providers.Resilience;

/// <summary>When a second provider is asked although the first has not failed.</summary>
/// <param name="Budget">Shared by all requests that the cap is for.</param>
/// <param name="Percent">The cap: hedges in a hundred requests, 1..100.</param>
/// <param name="Unlearned">How long a provider is waited for before its own 95th percentile is known.</param>
internal sealed record HedgeRule(HedgeBudget Budget, int Percent, TimeSpan Unlearned);
