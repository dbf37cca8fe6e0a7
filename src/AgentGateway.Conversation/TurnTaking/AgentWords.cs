using AgentGateway.Primitives;

namespace AgentGateway.Conversation.TurnTaking;

/// <summary>
/// The words the agent spoke last. What a microphone returns of them is an echo: a text is explained when most of its words
/// stand, in the same order, in what was played while they were heard.
/// </summary>
internal sealed class AgentWords
{
    private const int Capacity = 64;
    private const double Explained = 0.75;

    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(8);

    private readonly List<(Instant At, string Word)> _words = [];
    private List<string> _coming = [];
    private int _played;

    /// <summary>When the last word was played.</summary>
    public Instant? LastAt { get; private set; }

    /// <summary>A reply begins: nothing of it was played.</summary>
    public void Begin()
    {
        _coming = [];
        _played = 0;
    }

    /// <summary>Text that will be played.</summary>
    public void Expect(string text) => _coming.AddRange(TurnVocabulary.Words(text));

    /// <summary>Words that were played now.</summary>
    public void Play(Instant now, string text)
    {
        List<string> words = TurnVocabulary.Words(text);
        foreach (string word in words)
            _words.Add((now, word));
        _played += words.Count;
        if (_words.Count > Capacity)
            _words.RemoveRange(0, _words.Count - Capacity);
        LastAt = now;
    }

    /// <summary>Whether what was heard is what was played, when it has at least <paramref name="least"/> words.</summary>
    public bool Explain(string heard, int least, Instant now)
    {
        List<string> words = TurnVocabulary.Words(heard);
        if (words.Count < least)
            return false;
        List<string> spoken = [];
        foreach ((Instant at, string word) in _words)
        {
            if (now - at <= Memory)
                spoken.Add(word);
        }

        // The word that is being played now, and the one after it, may be heard before they are whole.
        for (int i = _played; i < Math.Min(_played + 2, _coming.Count); i++)
            spoken.Add(_coming[i]);
        return CommonInOrder(words, spoken) >= Explained * words.Count;
    }

    private static int CommonInOrder(List<string> a, List<string> b)
    {
        int[] row = new int[b.Count + 1];
        foreach (string word in a)
        {
            int diagonal = 0;
            for (int j = 1; j <= b.Count; j++)
            {
                int above = row[j];
                row[j] = word == b[j - 1] ? diagonal + 1 : Math.Max(above, row[j - 1]);
                diagonal = above;
            }
        }

        return row[b.Count];
    }
}
