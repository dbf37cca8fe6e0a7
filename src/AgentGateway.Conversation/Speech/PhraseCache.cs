using AgentGateway.Conversation.Ports;

namespace AgentGateway.Conversation.Speech;

/// <summary>
/// Fixed phrases (greetings, apologies) are synthesized once per voice and shared by all calls. Bounded by bytes; the phrase
/// that was not used for longest goes first. Thread-safe.
/// </summary>
/// <param name="maxBytes">Bound of all PCM, in bytes.</param>
public sealed class PhraseCache(int maxBytes = 16 << 20)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Key, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _recent = [];
    private readonly HashSet<Key> _beingMade = [];
    private long _bytes;

    /// <summary>Bytes of PCM held.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
                return _bytes;
        }
    }

    /// <summary>Finds a phrase.</summary>
    /// <param name="synthesizer">The synthesizer's name.</param>
    /// <param name="request">What is to be spoken, and how.</param>
    public SpokenPhrase? Find(string synthesizer, SpeechRequest request)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(new Key(synthesizer, request), out LinkedListNode<Entry>? node))
                return null;
            _recent.Remove(node);
            _recent.AddFirst(node);
            return node.Value.Phrase;
        }
    }

    /// <summary>
    /// Asks for the right to make a phrase, so that of many calls that begin at once one collects what it speaks. Whoever gets it must call
    /// <see cref="EndMaking"/>.
    /// </summary>
    /// <returns>False when another one is making it, or it is there already.</returns>
    public bool TryBeginMaking(string synthesizer, SpeechRequest request)
    {
        var key = new Key(synthesizer, request);
        lock (_gate)
            return !_entries.ContainsKey(key) && _beingMade.Add(key);
    }

    /// <summary>Gives the right back, whether the phrase was made or not.</summary>
    public void EndMaking(string synthesizer, SpeechRequest request)
    {
        lock (_gate)
            _beingMade.Remove(new Key(synthesizer, request));
    }

    /// <summary>Keeps a phrase; one that is larger than the whole cache is not kept.</summary>
    public void Add(string synthesizer, SpeechRequest request, SpokenPhrase phrase)
    {
        ArgumentNullException.ThrowIfNull(phrase);
        long size = phrase.Pcm.Length * sizeof(short);
        if (size > maxBytes)
            return;
        var key = new Key(synthesizer, request);
        lock (_gate)
        {
            if (_entries.Remove(key, out LinkedListNode<Entry>? old))
                Drop(old);
            while (_bytes + size > maxBytes && _recent.Last is { } oldest)
            {
                _entries.Remove(oldest.Value.Key);
                Drop(oldest);
            }

            _entries.Add(key, _recent.AddFirst(new Entry(key, phrase)));
            _bytes += size;
        }
    }

    private void Drop(LinkedListNode<Entry> node)
    {
        _recent.Remove(node);
        _bytes -= node.Value.Phrase.Pcm.Length * sizeof(short);
    }

    private readonly record struct Key(string Synthesizer, SpeechRequest Request);

    private readonly record struct Entry(Key Key, SpokenPhrase Phrase);
}
