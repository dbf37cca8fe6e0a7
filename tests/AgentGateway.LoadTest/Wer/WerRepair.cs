namespace AgentGateway.LoadTest.Wer;

/// <summary>What is done against loss.</summary>
internal readonly record struct WerRepair(string Name, bool Fec, bool Red, bool Nack)
{
    internal static WerRepair Parse(string name)
    {
        string[] parts = name == "all" ? ["fec", "red", "nack"] : name == "none" ? [] : name.Split('+');
        return parts.Except(["fec", "red", "nack"]).FirstOrDefault() is { } unknown
            ? throw new ArgumentException($"Unknown repair {unknown}.")
            : new WerRepair(name, parts.Contains("fec"), parts.Contains("red"), parts.Contains("nack"));
    }
}
