namespace AgentGateway.Calls.Startup;

/// <summary>How it went. Immutable.</summary>
/// <param name="Calls">Calls that were complete.</param>
/// <param name="Duration">How long they took.</param>
/// <param name="Problem">What prevented the rest, in a few words; null when nothing did.</param>
public sealed record CallWarmUpResult(int Calls, TimeSpan Duration, string? Problem);
