using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Script.Language;

namespace AgentGateway.Conversation.Script;

/// <summary>How well an utterance fits an intent.</summary>
/// <param name="Intent">The intent.</param>
/// <param name="Score">0..1; see <see cref="IntentMatcher.Threshold"/>.</param>
internal readonly record struct IntentMatch(ScriptIntent Intent, double Score);

/// <summary>
/// Finds what a caller wants by comparing words with the intents' examples: rare words weigh more than common ones, stems and synonyms are
/// equal, misspelt and mis-heard words are nearly equal. Words missing from an example cost more than words it does not have, because
/// callers say more than they must.
/// </summary>
internal sealed class IntentMatcher
{
    /// <summary>Below this nothing was understood.</summary>
    public const double Threshold = 0.52;

    private const double CommonWeight = 0.12;
    private const double QuestionWeight = 0.35;
    private const double UnknownWeight = 0.6;
    private static readonly DateTime ExampleTime = new(2026, 1, 1);
    private static readonly HashSet<string> Questions = new(StringComparer.Ordinal) { "when", "where", "who", "how", "which", "why", "time", "there" };

    private static readonly HashSet<string> Common = new(StringComparer.Ordinal)
    {
        "a", "an", "the", "i", "you", "we", "it", "is", "are", "am", "be", "do", "did", "does", "to", "of", "for", "in", "on", "at", "and", "or", "me", "my",
        "your", "our", "us", "can", "could", "would", "will", "like", "want", "please", "have", "has", "that", "this", "with", "what", "so", "just",
        "uh", "um", "well", "know", "tell", "any", "some", "let", "get", "if", "know", "say", "by", "may", "much", "very", "really", "not", "ok", "okay",
    };

    private readonly List<(ScriptIntent Intent, int[] Stems, double Weight)> _examples = [];
    private readonly string[] _vocabulary;
    private readonly string[] _sounds;
    private readonly double[] _vocabularyWeights;
    private readonly Dictionary<string, double> _weights = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _synonyms = new(StringComparer.Ordinal);

    public IntentMatcher(ScriptDefinition script)
    {
        foreach (IReadOnlyList<string> group in script.Synonyms)
        {
            string main = Stem.Of(Words.Split(group[0]) is [var first, ..] ? first : group[0]);
            foreach (string word in group.SelectMany(Words.Split))
                _synonyms.TryAdd(Stem.Of(word), main);
        }

        Dictionary<string, HashSet<string>> owners = new(StringComparer.Ordinal);
        List<(ScriptIntent Intent, string[] Stems)> raw = [];
        foreach (ScriptIntent intent in script.Intents)
        {
            foreach (string example in intent.Examples)
            {
                IReadOnlyList<string> words = Words.Split(example);
                string[] stems = WithoutValues(words, EnglishEntities.Find(words, ExampleTime, []));
                raw.Add((intent, stems));
                foreach (string stem in stems)
                    (owners.TryGetValue(stem, out HashSet<string>? names) ? names : owners[stem] = []).Add(intent.Name);
            }
        }

        foreach ((string stem, HashSet<string> names) in owners)
            _weights[stem] = Common.Contains(stem) ? CommonWeight : Questions.Contains(stem) ? QuestionWeight : 0.5 + (0.5 / names.Count);
        _vocabulary = [.. _weights.Keys];
        _sounds = [.. _vocabulary.Select(Stem.Sound)];
        _vocabularyWeights = [.. _vocabulary.Select(Weight)];
        foreach ((ScriptIntent intent, string[] stems) in raw.Where(example => example.Stems.Length > 0))
            _examples.Add((intent, [.. stems.Select(stem => Array.IndexOf(_vocabulary, stem))], stems.Sum(Weight)));
    }

    /// <summary>The best intents, best first; only those above the threshold.</summary>
    /// <param name="words">The utterance.</param>
    /// <param name="entities">Values in it; their words say nothing about the intent.</param>
    public IReadOnlyList<IntentMatch> Match(IReadOnlyList<string> words, IReadOnlyList<Entity> entities)
    {
        string[] stems = WithoutValues(words, entities);
        double utterance = stems.Sum(UtteranceWeight);
        double[][] alike = Compare(stems);
        double[][] alikePairs = Compare(Pairs(stems));

        Dictionary<string, IntentMatch> best = new(StringComparer.Ordinal);
        foreach ((ScriptIntent intent, int[] example, double weight) in _examples)
        {
            double score = Score(example, weight, alike, alikePairs, utterance);
            if (score >= Threshold && (!best.TryGetValue(intent.Name, out IntentMatch known) || known.Score < score))
                best[intent.Name] = new IntentMatch(intent, score);
        }

        return [.. best.Values.OrderByDescending(match => match.Score)];
    }

    /// <summary>Whether the utterance holds anything but values and common words.</summary>
    public bool HasOtherWords(IReadOnlyList<string> words, IReadOnlyList<Entity> entities) =>
        WithoutValues(words, entities).Any(stem => !Common.Contains(stem));

    private double Score(int[] example, double exampleWeight, double[][] alike, double[][] alikePairs, double utteranceWeight)
    {
        var taken = new bool[alike.Length];
        double matched = 0;
        double content = 0;
        foreach (int stem in example)
        {
            double likeness = Take(stem, alike, alikePairs, taken);
            double weight = _vocabularyWeights[stem];
            matched += weight * likeness;
            if (weight > CommonWeight)
                content += weight * likeness;
        }

        // A long story around the right words must not hide them.
        double around = Math.Min(utteranceWeight, 2 * exampleWeight);
        double score = matched / ((0.65 * exampleWeight) + (0.35 * around));
        return content == 0 && exampleWeight > CommonWeight * example.Length ? 0 : score + (0.03 * Math.Min(content, 3));
    }

    /// <summary>The likeness of the free word or pair that is most like the stem; it is taken.</summary>
    private static double Take(int stem, double[][] alike, double[][] alikePairs, bool[] taken)
    {
        int at = -1;
        double best = 0;
        bool joined = false;
        for (int i = 0; i < alike.Length && best < 1; i++)
        {
            if (taken[i])
                continue;
            if (alike[i][stem] > best)
                (best, at, joined) = (alike[i][stem], i, false);
            if (i + 1 < alike.Length && !taken[i + 1] && 0.9 * alikePairs[i][stem] > best)
                (best, at, joined) = (0.9 * alikePairs[i][stem], i, true);
        }

        if (at >= 0)
        {
            taken[at] = true;
            if (joined)
                taken[at + 1] = true;
        }

        return best;
    }

    /// <summary>How alike each word is to each word of the vocabulary.</summary>
    private double[][] Compare(string[] stems)
    {
        double[][] alike = new double[stems.Length][];
        for (int i = 0; i < stems.Length; i++)
        {
            alike[i] = new double[_vocabulary.Length];
            if (stems[i].Length == 0)
                continue;
            string sound = Stem.Sound(stems[i]);
            for (int j = 0; j < _vocabulary.Length; j++)
                alike[i][j] = Stem.Likeness(stems[i], sound, _vocabulary[j], _sounds[j]);
        }

        return alike;
    }

    /// <summary>Neighbours written as one word, because recognisers cut long words in two ("REST ORANT", "AD DRESS"); empty where that makes no sense.</summary>
    private static string[] Pairs(string[] stems)
    {
        string[] pairs = new string[Math.Max(0, stems.Length - 1)];
        for (int i = 0; i < pairs.Length; i++)
            pairs[i] = stems[i].Length + stems[i + 1].Length is >= 5 and <= 16 ? stems[i] + stems[i + 1] : "";
        return pairs;
    }

    /// <summary>The stems of the words that belong to no date, time or counted number: those say nothing about the intent.</summary>
    private string[] WithoutValues(IReadOnlyList<string> words, IReadOnlyList<Entity> entities)
    {
        var isValue = new bool[words.Count];
        foreach (Entity entity in entities.Where(entity => entity.Explicit))
            Array.Fill(isValue, true, entity.Start, entity.Length);
        return [.. words.Where((_, i) => !isValue[i]).Select(Canonical)];
    }

    private string Canonical(string word)
    {
        string stem = Common.Contains(word) ? word : Stem.Of(word);
        if (_synonyms.TryGetValue(stem, out string? main))
            return main;

        // A mis-heard synonym stands for its group too: "GLOSE" is "close" is "open".
        if (_weights.Count == 0 || _weights.ContainsKey(stem) || Common.Contains(stem))
            return stem;
        (string Word, double Likeness) best = ("", 0);
        foreach (string synonym in _synonyms.Keys)
        {
            if (Stem.Likeness(stem, synonym) is var likeness && likeness > best.Likeness)
                best = (synonym, likeness);
        }

        return best.Likeness >= 0.7 ? _synonyms[best.Word] : stem;
    }

    private double Weight(string stem) => _weights.TryGetValue(stem, out double weight) ? weight : UnknownWeight;

    private double UtteranceWeight(string stem) => Common.Contains(stem) ? CommonWeight : Weight(stem);
}
