using System.Globalization;
using FsCheck;

namespace AgentGateway.Properties;

/// <summary>
/// Runs a property: always the same cases in the suite; <c>AGENTGATEWAY_PROPERTY_FACTOR</c> runs so many times as many, other ones each time.
/// A failure shows the shrunk case and the seed.
/// </summary>
internal static class PropertyCheck
{
    private static readonly int Factor =
        int.TryParse(Environment.GetEnvironmentVariable("AGENTGATEWAY_PROPERTY_FACTOR"), CultureInfo.InvariantCulture, out int factor) ? Math.Clamp(factor, 1, 10_000) : 1;

    public static void Run(Property property, int cases)
    {
        Config config = Config.QuickThrowOnFailure.WithMaxTest(cases * Factor);
        property.Check(Factor > 1 ? config : config.WithReplay(20261121, 0x9E3779B97F4A7C15));
    }
}
