using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Text;

namespace AgentGateway.Conversation.TurnTaking;

/// <summary>
/// How likely a caller who paused after some English words has finished: a logistic regression on hashed features of the last
/// words. Weights and features are made by infra/training/sentence_ends.py; both sides have to name features alike.
/// </summary>
internal sealed class SentenceEnds
{
    private const int Size = 1 << 16;
    private const int MaxWords = 24;
    private const string Before = "^";

    private static readonly FrozenSet<string> Finite = Set(
        "is are was were am be been have has had do does did can could would should will may might must want need like love get go going went know",
        "think said see saw make made take took give gave come came tell let says wants needs looking trying i'd i'm i'll i've it's that's what's",
        "there's he's she's you're we're they're don't didn't doesn't can't won't isn't ordered prefer order book call called hope use used works work",
        "please show find add change cancel");

    private static readonly FrozenSet<string> Function = Set(
        "the a an this that these those my your his her its our their i you he she it we they me him us them who what which where when why how and or",
        "but so if because as than to of in on at by for from with about into over after before is are was were am be been have has had do does did can",
        "could would should will may might must not no yes please there here up out off down all some any more very just too also then now thanks okay");

    private static readonly FrozenSet<string> Numbers = Set(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty",
        "thirty forty fifty hundred");

    private static readonly string[] Suffixes = ["ing", "ed", "ly", "tion", "ness", "ment", "ous", "ful", "able", "er", "est", "al", "ic", "y", "s"];

    private static readonly Lazy<SentenceEnds> Loaded = new(static () => new SentenceEnds());

    private readonly sbyte[] _weights = new sbyte[Size];
    private readonly float _scale;
    private readonly float _bias;

    private SentenceEnds()
    {
        using Stream stream = typeof(SentenceEnds).Assembly.GetManifestResourceStream("sentence-ends-en.bin")
            ?? throw new InvalidOperationException("The resource sentence-ends-en.bin is missing.");
        Span<byte> head = stackalloc byte[8];
        stream.ReadExactly(head);
        _scale = BinaryPrimitives.ReadSingleLittleEndian(head);
        _bias = BinaryPrimitives.ReadSingleLittleEndian(head[4..]);
        byte[] weights = new byte[Size];
        stream.ReadExactly(weights);
        Buffer.BlockCopy(weights, 0, _weights, 0, Size);
    }

    /// <summary>The model of a BCP 47 language, or null when there is none.</summary>
    public static SentenceEnds? For(string language) =>
        language.Equals("en", StringComparison.OrdinalIgnoreCase) || language.StartsWith("en-", StringComparison.OrdinalIgnoreCase) ? Loaded.Value : null;

    /// <summary>The likelihood, 0..1, that a turn of at least one word, in lower case without punctuation, is over.</summary>
    public double Likelihood(List<string> words)
    {
        if (words.Count > MaxWords)
            words = words.GetRange(words.Count - MaxWords, MaxWords);
        string l1 = At(words, 1);
        string l2 = At(words, 2);
        string l3 = At(words, 3);
        string first = words[0];
        string second = words.Count > 1 ? words[1] : Before;
        string length = Bucket(words.Count).ToString(System.Globalization.CultureInfo.InvariantCulture);
        int finite = words.Count(Finite.Contains);
        int last = words.FindLastIndex(Finite.Contains);
        char since = (char)('0' + (last < 0 ? 6 : Math.Min(words.Count - last, 6)));
        char atMost3 = (char)('0' + Math.Min(finite, 3));
        char atMost2 = (char)('0' + Math.Min(finite, 2));
        string k1 = Kind(l1);
        string k2 = Kind(l2);
        string k3 = Kind(l3);
        string k4 = Kind(At(words, 4));
        int sum = Weight($"a{l1}") + Weight($"b{l2} {l1}") + Weight($"c{l2}") + Weight($"d{End(l1)}") + Weight($"e{length}")
            + Weight($"f{first}{length}") + Weight($"g{l3} {l2} {l1}") + Weight($"h{End(l2)} {End(l1)}") + Weight($"i{atMost3}{length}")
            + Weight($"j{first} {second} {length}") + Weight($"k{since} {l1}") + Weight($"l{first} {l1}") + Weight($"m{l3} {l1}")
            + Weight($"n{since}{End(l1)}{atMost2}") + Weight($"o{k2} {k1}") + Weight($"p{k3} {k2} {k1}") + Weight($"q{k4} {k3} {k2} {k1}")
            + Weight($"r{k1}{length}") + Weight($"s{Kind(first)} {k1}{length}") + Weight($"t{k2} {l1}") + Weight($"u{l2} {k1}");
        return 1 / (1 + Math.Exp(-(_bias + (_scale * sum))));
    }

    private static string At(List<string> words, int fromEnd) => words.Count >= fromEnd ? words[^fromEnd] : Before;

    private static string End(string word) => word.Length <= 3 ? word : word[^3..];

    private static int Bucket(int count) => count switch { <= 4 => count, <= 6 => 5, <= 9 => 6, <= 14 => 7, _ => 8 };

    private static string Kind(string word)
    {
        if (word == Before || Function.Contains(word))
            return word;
        if (Numbers.Contains(word) || word.Any(char.IsDigit))
            return "#";
        foreach (string suffix in Suffixes)
        {
            if (word.Length > suffix.Length + 2 && word.EndsWith(suffix, StringComparison.Ordinal))
                return "-" + suffix;
        }

        return Finite.Contains(word) ? "~v" : "~";
    }

    // FNV-1a, folded.
    private int Weight(string feature)
    {
        Span<byte> bytes = stackalloc byte[128];
        if (!Encoding.UTF8.TryGetBytes(feature, bytes, out int count))
            return 0;
        uint hash = 0x811C9DC5;
        foreach (byte b in bytes[..count])
            hash = (hash ^ b) * 0x01000193;
        return _weights[(hash ^ (hash >> 15)) & (Size - 1)];
    }

    private static FrozenSet<string> Set(params string[] lines) => string.Join(' ', lines).Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
