namespace AgentGateway.Conversation.Tools;

/// <summary>Keeps words apart where the text of one round meets the text of the next.</summary>
internal sealed class TextSpacing
{
    private bool _endsInWord;
    private bool _roundBegins;

    /// <summary>Whether a space must go before <paramref name="text"/>; remembers how the text ends.</summary>
    public bool NeedsSpaceBefore(string text)
    {
        if (text.Length == 0)
            return false;
        bool needed = _roundBegins && _endsInWord && !char.IsWhiteSpace(text[0]);
        _roundBegins = false;
        _endsInWord = !char.IsWhiteSpace(text[^1]);
        return needed;
    }

    /// <summary>A sentence of our own, set apart from what stands before it.</summary>
    public string Sentence(string text)
    {
        _roundBegins = true;
        string spaced = NeedsSpaceBefore(text) ? " " + text : text;
        _roundBegins = true;
        return spaced;
    }

    /// <summary>The model's round is over.</summary>
    public void EndRound() => _roundBegins = true;
}
