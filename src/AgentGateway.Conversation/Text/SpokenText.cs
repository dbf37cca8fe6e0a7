namespace AgentGateway.Conversation.Text;

/// <summary>
/// A chunk of a reply twice: as it is shown and kept in history, and as the voice says it, with the alignment of the two. What
/// the caller heard is always counted in <see cref="Written"/>.
/// </summary>
public sealed class SpokenText
{
    private readonly SpokenPiece[] _pieces;

    internal SpokenText(string written, string text, SpokenPiece[] pieces)
    {
        Written = written;
        Text = text;
        _pieces = pieces;
    }

    /// <summary>Nothing to say.</summary>
    public static SpokenText Empty { get; } = new("", "", []);

    /// <summary>The text for readers and for history: without markup, with numbers and addresses as they were written.</summary>
    public string Written { get; }

    /// <summary>The text for the voice.</summary>
    public string Text { get; }

    /// <summary>Where written text has another spoken form, in order.</summary>
    internal ReadOnlySpan<SpokenPiece> Pieces => _pieces;

    /// <summary>A text that is said as it stands.</summary>
    public static SpokenText AsWritten(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new SpokenText(text, text, [new SpokenPiece(0, text.Length, 0, text.Length, Verbatim: true)]);
    }

    /// <summary>
    /// How much of <see cref="Written"/> was said when the first characters of <see cref="Text"/> were: a number or an
    /// address counts when its last word was said.
    /// </summary>
    /// <param name="spoken">Length of the prefix of <see cref="Text"/> that was said; clamped to its length.</param>
    public int WrittenLength(int spoken)
    {
        if (spoken <= 0 || _pieces.Length == 0)
            return 0;
        if (spoken >= Text.Length)
            return Written.Length;
        int written = 0;
        foreach (SpokenPiece piece in _pieces)
        {
            if (spoken >= piece.SpokenEnd)
            {
                written = piece.WrittenEnd;
                continue;
            }

            if (piece.Verbatim && spoken > piece.Spoken)
                return piece.Written + (spoken - piece.Spoken);
            break;
        }

        while (written > 0 && char.IsWhiteSpace(Written[written - 1]))
            written--;
        return written;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
