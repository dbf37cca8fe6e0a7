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

    private readonly List<(ScriptIntent Intent, string[] Stems, double Weight)> _examples = [];
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
        foreach ((ScriptIntent intent, string[] stems) in raw.Where(example => example.Stems.Length > 0))
            _examples.Add((intent, stems, stems.Sum(Weight)));
    }

    /// <summary>The best intents, best first; only those above the threshold.</summary>
    /// <param name="words">The utterance.</param>
    /// <param name="entities">Values in it; their words say nothing about the intent.</param>
    public IReadOnlyList<IntentMatch> Match(IReadOnlyList<string> words, IReadOnlyList<Entity> entities)
    {
        string[] stems = WithoutValues(words, entities);
        double utterance = stems.Sum(UtteranceWeight);

        Dictionary<string, IntentMatch> best = new(StringComparer.Ordinal);
        foreach ((ScriptIntent intent, string[] example, double weight) in _examples)
        {
            double score = Score(example, weight, stems, utterance);
            if (score >= Threshold && (!best.TryGetValue(intent.Name, out IntentMatch known) || known.Score < score))
                best[intent.Name] = new IntentMatch(intent, score);
        }

        return [.. best.Values.OrderByDescending(match => match.Score)];
    }

    /// <summary>Whether the utterance holds anything but values and common words.</summary>
    public bool HasOtherWords(IReadOnlyList<string> words, IReadOnlyList<Entity> entities) =>
        WithoutValues(words, entities).Any(stem => !Common.Contains(stem));

    private double Score(string[] example, double exampleWeight, string[] utterance, double utteranceWeight)
    {
        var taken = new bool[utterance.Length];
        double matched = 0;
        double content = 0;
        foreach (string stem in example)
        {
            double likeness = Take(stem, utterance, taken);
            double weight = Weight(stem);
            matched += weight * likeness;
            if (weight > CommonWeight)
                content += weight * likeness;
        }

        // A long story around the right words must not hide them.
        double around = Math.Min(utteranceWeight, 2 * exampleWeight);
        double score = matched / ((0.65 * exampleWeight) + (0.35 * around));
        return content == 0 && exampleWeight > CommonWeight * example.Length ? 0 : score + (0.03 * Math.Min(content, 3));
    }

    private static double Take(string stem, string[] utterance, bool[] taken)
    {
        int at = -1;
        double best = 0;
        bool joined = false;
        for (int i = 0; i < utterance.Length; i++)
        {
            if (taken[i])
                continue;
            double likeness = Stem.Likeness(stem, utterance[i]);
            if (likeness > best)
                (best, at, joined) = (likeness, i, false);

            // Recognisers cut long words in two: "REST ORANT", "AD DRESS".
            if (best < 1 && i + 1 < utterance.Length && !taken[i + 1] && utterance[i].Length + utterance[i + 1].Length is >= 5 and <= 16
                && 0.9 * Stem.Likeness(stem, utterance[i] + utterance[i + 1]) is var pair && pair > best)
                (best, at, joined) = (pair, i, true);
        }

        if (at >= 0)
        {
            taken[at] = true;
            if (joined)
                taken[at + 1] = true;
        }

        return best;
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
