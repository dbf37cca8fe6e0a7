namespace AgentGateway.Testing;

/// <summary>A recording of the shared folder with what is said in it.</summary>
/// <param name="Name">Path below the speech folder, such as "librispeech/ls-1089-134686-0001.wav".</param>
/// <param name="SampleRate">Samples per second.</param>
/// <param name="Channels">1 or 2.</param>
/// <param name="Seconds">Length.</param>
/// <param name="Transcript">The reference text; empty when there is none.</param>
public sealed record Recording(string Name, int SampleRate, int Channels, double Seconds, string Transcript)
{
    public string Path => System.IO.Path.Combine(TestPaths.Shared, "speech", Name);
}

/// <summary>The manifest of the shared recordings.</summary>
public static class Recordings
{
    /// <summary>All recordings; empty when the shared folder is missing.</summary>
    public static IReadOnlyList<Recording> All { get; } = Read();

    public static Recording Get(string name) =>
        All.FirstOrDefault(r => r.Name == name) ?? throw new FileNotFoundException($"No recording {name} in {TestPaths.Shared}/speech/manifest.tsv.");

    private static List<Recording> Read()
    {
        string manifest = Path.Combine(TestPaths.Shared, "speech", "manifest.tsv");
        if (!File.Exists(manifest))
            return [];
        List<Recording> recordings = [];
        foreach (string line in File.ReadLines(manifest).Skip(1))
        {
            string[] fields = line.Split('\t');
            if (fields.Length < 5)
                continue;
            System.Globalization.CultureInfo invariant = System.Globalization.CultureInfo.InvariantCulture;
            recordings.Add(new Recording(
                fields[0], int.Parse(fields[1], invariant), int.Parse(fields[2], invariant), double.Parse(fields[3], invariant), fields[4]));
        }

        return recordings;
    }
}
