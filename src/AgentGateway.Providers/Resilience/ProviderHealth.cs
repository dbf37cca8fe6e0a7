namespace AgentGateway.Providers.Resilience;

/// <summary>How a provider has been doing in this process.</summary>
/// <param name="Kind">"llm", "stt" or "tts".</param>
/// <param name="Name">The provider; holds no key.</param>
/// <param name="State">Whether it is asked.</param>
/// <param name="Answered">Requests with a first byte.</param>
/// <param name="Failed">Requests without one: refused, broken off, too late, overtaken by a hedge.</param>
/// <param name="Hedges">Requests that were started here because another provider took longer than it usually does.</param>
/// <param name="FirstByte95">Its 95th percentile to the first byte; null before enough is known.</param>
/// <param name="LastFailure">A code; null when there was none.</param>
public sealed record ProviderHealth(
    string Kind, string Name, ProviderState State, long Answered, long Failed, long Hedges, TimeSpan? FirstByte95, string? LastFailure);
