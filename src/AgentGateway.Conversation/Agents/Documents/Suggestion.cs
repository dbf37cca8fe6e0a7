namespace AgentGateway.Conversation.Agents.Documents;

/// <summary>Finds what somebody meant to write.</summary>
internal static class Suggestion
{
    /// <summary>"; did you mean 'x'?" for the nearest candidate, or an empty string when none is near.</summary>
    public static string For(string written, IEnumerable<string> candidates)
    {
        string? best = Nearest(written, candidates);
        return best is null ? "" : $"; did you mean '{best}'?";
    }

    /// <summary>The candidate within a third of the word's length in edits; null when none is.</summary>
    public static string? Nearest(string written, IEnumerable<string> candidates)
    {
        string word = written.ToLowerInvariant();
        int limit = Math.Max(1, Math.Min(3, word.Length / 3));
        return candidates
            .Select(candidate => (candidate, distance: EditDistance.Between(word, candidate.ToLowerInvariant())))
            .Where(pair => pair.distance <= limit)
            .OrderBy(pair => pair.distance)
            .Select(pair => pair.candidate)
            .FirstOrDefault();
    }
}
