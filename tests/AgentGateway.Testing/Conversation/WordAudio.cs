namespace AgentGateway.Testing.Conversation;

/// <summary>
/// Speech that tests can read back exactly: every word is a stretch of one sample value that stands for it, so that a fake
/// recogniser hears only what it was given and a test sees which words were played, to the sample.
/// </summary>
public sealed class WordAudio
{
    /// <summary>Values of words begin here: loud enough for any level detector.</summary>
    public const int FirstValue = 4000;

    private readonly List<string> _words = [];

    /// <summary>The sample value of a new occurrence of a word.</summary>
    public short Add(string word)
    {
        _words.Add(word);
        return (short)(FirstValue + _words.Count - 1);
    }

    /// <summary>The word of a sample; null for silence and for faded samples that stand for none.</summary>
    public string? this[short sample] => sample >= FirstValue && sample < FirstValue + _words.Count ? _words[sample - FirstValue] : null;

    /// <summary>How many occurrences of words there are.</summary>
    public int Count => _words.Count;

    /// <summary>The sample value of a word's first occurrence.</summary>
    public short FirstOf(string word) => (short)(FirstValue + _words.IndexOf(word));

    /// <summary>The audio of a text, each word of equal length.</summary>
    public short[] Speak(string text, TimeSpan perWord, int sampleRate)
    {
        int length = (int)(perWord.TotalSeconds * sampleRate);
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        short[] pcm = new short[words.Length * length];
        for (int i = 0; i < words.Length; i++)
            pcm.AsSpan(i * length, length).Fill(Add(words[i]));
        return pcm;
    }

    /// <summary>The words of which at least half a <paramref name="perWord"/> is there, in order.</summary>
    public List<string> Decode(IEnumerable<short> pcm, TimeSpan perWord, int sampleRate)
    {
        int needed = (int)(perWord.TotalSeconds * sampleRate / 2);
        List<string> words = [];
        short last = 0;
        int run = 0;
        foreach (short sample in pcm)
        {
            run = sample == last ? run + 1 : 1;
            last = sample;
            if (run == needed && this[sample] is { } word)
                words.Add(word);
        }

        return words;
    }
}
