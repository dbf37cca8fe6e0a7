namespace AgentGateway.LoadTest;

internal static class Percentiles
{
    /// <summary>The value below which the given fraction of a sorted list lies (nearest rank); NaN for an empty list.</summary>
    internal static double Of(IReadOnlyList<double> sorted, double fraction) =>
        sorted.Count == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(fraction * sorted.Count) - 1, 0, sorted.Count - 1)];
}
