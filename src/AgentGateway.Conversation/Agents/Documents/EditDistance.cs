namespace AgentGateway.Conversation.Agents.Documents;

/// <summary>Edits between words: insert, delete, replace, swap neighbours (optimal string alignment).</summary>
internal static class EditDistance
{
    private const int MaxLength = 64;

    /// <summary>The number of edits; words longer than 64 characters are compared by their first 64.</summary>
    public static int Between(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        a = a[..Math.Min(a.Length, MaxLength)];
        b = b[..Math.Min(b.Length, MaxLength)];
        Span<int> older = stackalloc int[MaxLength + 1];
        Span<int> previous = stackalloc int[MaxLength + 1];
        Span<int> current = stackalloc int[MaxLength + 1];
        for (int j = 0; j <= b.Length; j++)
            previous[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = a[i - 1] == b[j - 1] ? 0 : 1;
                int best = Math.Min(Math.Min(previous[j] + 1, current[j - 1] + 1), previous[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    best = Math.Min(best, older[j - 2] + 1);
                current[j] = best;
            }

            previous.CopyTo(older);
            current.CopyTo(previous);
        }

        return previous[b.Length];
    }
}
