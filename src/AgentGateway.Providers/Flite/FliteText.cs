using System.Text;

namespace AgentGateway.Providers.Flite;

/// <summary>
/// The text flite is given: ASCII, because its English front end drops what is beyond, with where each character came from.
/// Folding never changes the order of characters, so token positions map back to the request's text.
/// </summary>
internal sealed class FliteText
{
    private readonly int[] _sources;

    private FliteText(string ascii, int[] sources)
    {
        Ascii = ascii;
        _sources = sources;
    }

    public string Ascii { get; }

    /// <summary>Whether there is anything to say.</summary>
    public bool IsSpeakable => Ascii.AsSpan().IndexOfAnyInRange('0', '9') >= 0 || Ascii.AsSpan().IndexOfAnyInRange('a', 'z') >= 0 ||
        Ascii.AsSpan().IndexOfAnyInRange('A', 'Z') >= 0;

    /// <summary>Where the character at <paramref name="index"/> of <see cref="Ascii"/> stands in the original text.</summary>
    public int SourceOf(int index) => index < _sources.Length ? _sources[index] : _sources.Length == 0 ? 0 : _sources[^1] + 1;

    public static FliteText From(ReadOnlySpan<char> text, int offset)
    {
        StringBuilder ascii = new(text.Length);
        List<int> sources = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            foreach (char c in Fold(text[i]))
            {
                ascii.Append(c);
                sources.Add(offset + i);
            }
        }

        return new FliteText(ascii.ToString(), [.. sources]);
    }

    private static string Fold(char c) => c switch
    {
        >= ' ' and < '\u007f' => c.ToString(),
        '\u2018' or '\u2019' or '\u02bc' => "'",
        '\u201c' or '\u201d' or '\u00ab' or '\u00bb' => "\"",
        '\u2010' or '\u2011' => "-",
        '\u2012' or '\u2013' or '\u2014' or '\u2015' => ", ",
        '\u2026' => "...",
        '\u20ac' => " euros ",
        '\u00a3' => " pounds ",
        '\u00b0' => " degrees ",
        '\u00df' => "ss",
        '\u00e6' or '\u00c6' => "ae",
        '\u0153' or '\u0152' => "oe",
        '\u00f8' or '\u00d8' => "o",
        >= '\u00c0' and <= '\u00c5' or >= '\u00e0' and <= '\u00e5' => "a",
        '\u00c7' or '\u00e7' => "c",
        >= '\u00c8' and <= '\u00cb' or >= '\u00e8' and <= '\u00eb' => "e",
        >= '\u00cc' and <= '\u00cf' or >= '\u00ec' and <= '\u00ef' => "i",
        '\u00d1' or '\u00f1' => "n",
        >= '\u00d2' and <= '\u00d6' or >= '\u00f2' and <= '\u00f6' => "o",
        >= '\u00d9' and <= '\u00dc' or >= '\u00f9' and <= '\u00fc' => "u",
        '\u00dd' or '\u00fd' or '\u00ff' => "y",
        _ => " ",
    };
}
