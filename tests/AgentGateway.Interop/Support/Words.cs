using AgentGateway.Testing;

namespace AgentGateway.Interop.Support;

internal static class Words
{
    /// <summary>Asserts that a transcript holds at least a share of the words that were spoken.</summary>
    internal static void AssertHeard(string spoken, string heard, double minimumShare)
    {
        string[] expected = WordErrorRate.Normalize(spoken);
        var got = WordErrorRate.Normalize(heard).ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(expected);
        double share = (double)expected.Count(got.Contains) / expected.Length;
        Assert.True(share >= minimumShare, $"{share:P0} of the words were heard.\nspoken: {spoken}\nheard:  {heard}");
    }
}
