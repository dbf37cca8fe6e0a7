namespace AgentGateway.Architecture;

public sealed class RtcNamespaceTests
{
    private const string Rtc = "AgentGateway.Rtc.";

    private static readonly string[] Engines = ["Ice", "Dtls", "Srtp", "Sctp", "Streams", "Turn"];

    [Fact]
    public void Wire_formats_depend_on_primitives_only() =>
        AssertUses("Wire", (folder, used) => used == "Primitives" || (used.StartsWith("Wire.") && used.StartsWith(folder)));

    [Fact]
    public void Engines_do_not_know_each_other()
    {
        foreach (string engine in Engines)
            AssertUses(engine, (_, used) => used is "Primitives" || used.StartsWith("Wire.") || used.StartsWith(engine)
                || (engine == "Dtls" && used == "Srtp")); // use_srtp names the profile that the keys are for (RFC 5764)
    }

    [Fact]
    public void Only_the_peer_composes_engines()
    {
        foreach (SourceTree.SourceFile file in SourceTree.Product.Where(f => f.Path.StartsWith("src/AgentGateway.Rtc/")))
        {
            int engines = file.Usings.Where(u => u.StartsWith(Rtc)).Select(u => u[Rtc.Length..].Split('.')[0]).Intersect(Engines).Count();
            string folder = file.Path.Split('/')[2];
            Assert.True(folder == "Peer" || Engines.Contains(folder) || engines == 0, $"{file.Path} composes engines");
        }
    }

    private static void AssertUses(string top, Func<string, string, bool> allowed)
    {
        var files = SourceTree.Product.Where(f => f.Path.StartsWith($"src/AgentGateway.Rtc/{top}/")).ToList();
        Assert.NotEmpty(files);
        foreach (SourceTree.SourceFile file in files)
        {
            string folder = string.Join('.', file.Path.Split('/')[2..^1]);
            foreach (string used in file.Usings.Where(u => u.StartsWith(Rtc)).Select(u => u[Rtc.Length..]))
                Assert.True(allowed(folder, used), $"{file.Path} uses {Rtc}{used}");
        }
    }
}
