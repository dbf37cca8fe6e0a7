namespace AgentGateway.Rtc.Tests.Wire.Stun;

/// <summary>The messages of RFC 5769.</summary>
internal static class StunVectors
{
    public const string Password = "VOkJxbRl1RmTxUk/WvJxBt";

    private static readonly Dictionary<string, byte[]> Messages = File
        .ReadLines(Path.Combine(AppContext.BaseDirectory, "Vectors", "stun", "rfc5769.txt"))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split(": "))
        .ToDictionary(parts => parts[0], parts => Convert.FromHexString(parts[1]));

    public static byte[] Get(string name) => (byte[])Messages[name].Clone();
}
