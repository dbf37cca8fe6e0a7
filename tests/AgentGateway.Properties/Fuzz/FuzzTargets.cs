namespace AgentGateway.Properties.Fuzz;

/// <summary>Every entry for input from outside that has a corpus.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyDictionary<string, FuzzTarget> All { get; } =
        WireTargets.All.Concat(TextTargets.All).Concat(EngineTargets.All).Concat(LogTargets.All).ToDictionary(t => t.Name);
}
