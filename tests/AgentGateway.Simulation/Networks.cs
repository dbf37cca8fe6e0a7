using AgentGateway.Testing.Network;

namespace AgentGateway.Simulation;

/// <summary>The networks of the matrix.</summary>
public static class Networks
{
    public static IReadOnlyList<string> Names { get; } = ["none", "home", "lossy5", "lossy20", "wifi"];

    public static NetemOptions Get(string name) => name switch
    {
        "none" => NetemOptions.Lan,
        "home" => NetemOptions.Home,
        "lossy5" => NetemOptions.Lossy5,
        "lossy20" => NetemOptions.Lossy20,
        "wifi" => NetemOptions.BadWifi,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };
}
