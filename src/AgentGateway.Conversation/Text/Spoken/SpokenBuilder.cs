using System.Text;

namespace AgentGateway.Conversation.Text.Spoken;

/// <summary>Writes spoken text beside the written, keeping the alignment.</summary>
internal sealed class SpokenBuilder(string written)
{
    private readonly StringBuilder _spoken = new(written.Length + 32);
    private readonly List<SpokenPiece> _pieces = [];
    private int _at;

    /// <summary>The written text up to here has its spoken form.</summary>
    public int Position => _at;

    /// <summary>Says the next characters as they are written.</summary>
    public void Copy(int length)
    {
        if (length <= 0)
            return;
        if (_spoken.Length > 0 && NeedsSpace(_spoken[^1], written[_at]) && _pieces is [.., { Verbatim: false }])
            _spoken.Append(' ');
        if (_pieces is [.., { Verbatim: true } last] && last.SpokenEnd == _spoken.Length)
            _pieces[^1] = last with { WrittenLength = last.WrittenLength + length, SpokenLength = last.SpokenLength + length };
        else
            _pieces.Add(new SpokenPiece(_at, length, _spoken.Length, length, Verbatim: true));
        _spoken.Append(written, _at, length);
        _at += length;
    }

    /// <summary>Says the next characters in other words; with none, they are passed over.</summary>
    public void Say(int length, string words)
    {
        if (words.Length > 0 && _spoken.Length > 0 && NeedsSpace(_spoken[^1], words[0]))
            _spoken.Append(' ');
        if (words.Length == 0 && _spoken.Length > 0 && _spoken[^1] == ' ')
            TrimSpace();
        _pieces.Add(new SpokenPiece(_at, length, _spoken.Length, words.Length, Verbatim: false));
        _spoken.Append(words);
        _at += length;
    }

    public SpokenText Build() => new(written, _spoken.ToString().TrimEnd(), [.. _pieces]);

    private void TrimSpace()
    {
        if (_pieces is not [.., { Verbatim: true } last])
            return;
        _spoken.Length--;
        _pieces[^1] = last with { SpokenLength = last.SpokenLength - 1 };
    }

    private static bool NeedsSpace(char before, char after) =>
        (char.IsLetterOrDigit(before) || before is ',' or '.') && char.IsLetterOrDigit(after);
}
