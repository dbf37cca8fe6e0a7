using System.Net;

namespace AgentGateway.Interop.Matrix;

/// <summary>What a test changes in descriptions on their way.</summary>
internal static class SdpText
{
    private const string Candidate = "a=candidate:";

    /// <summary>The candidates of the first section, without "a=".</summary>
    internal static IReadOnlyList<string> Candidates(string sdp) =>
        [.. sdp.Split("\r\n").Where(l => l.StartsWith(Candidate, StringComparison.Ordinal)).Select(l => l[2..]).Distinct()];

    /// <summary>The description as of a side that trickles and has no candidate yet.</summary>
    internal static string WithoutCandidates(string sdp) => Join(sdp.Split("\r\n").Where(
        l => !l.StartsWith(Candidate, StringComparison.Ordinal) && l != "a=end-of-candidates"));

    /// <summary>The description with one candidate in place of all others, in each section that had any.</summary>
    internal static string WithOnlyCandidate(string sdp, IPEndPoint address)
    {
        var lines = new List<string>();
        bool first = true;
        foreach (string line in sdp.Split("\r\n"))
        {
            if (line.StartsWith("m=", StringComparison.Ordinal))
                first = true;
            if (!line.StartsWith(Candidate, StringComparison.Ordinal))
                lines.Add(line);
            else if (first)
                lines.Add($"{Candidate}1 1 udp 2130706431 {address.Address} {address.Port} typ host");
            if (line.StartsWith(Candidate, StringComparison.Ordinal))
                first = false;
        }

        return Join(lines);
    }

    /// <summary>The value of the first attribute of a name.</summary>
    internal static string Attribute(string sdp, string name)
    {
        string prefix = $"a={name}:";
        return sdp.Split("\r\n").First(l => l.StartsWith(prefix, StringComparison.Ordinal))[prefix.Length..];
    }

    private static string Join(IEnumerable<string> lines) => string.Join("\r\n", lines);
}
