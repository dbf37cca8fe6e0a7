using AgentGateway.Conversation.Text.Spoken;

namespace AgentGateway.Conversation.Text;

/// <summary>
/// Text of a language model as it is said: without Markdown, tags and emoji, with numbers, prices, dates, times, telephone
/// numbers, addresses, units and abbreviations in words. English and German are complete; text of another language keeps
/// its numbers, which its voice knows how to read. Pure and thread-safe.
/// </summary>
public static class SpokenForm
{
    /// <summary>Longest spoken text, in characters: beyond, the text is spoken as it is written.</summary>
    public const int MaxLength = 1900;

    /// <summary>The spoken form of a chunk.</summary>
    /// <param name="text">A chunk of at most some thousand characters; any text.</param>
    /// <param name="language">BCP 47 language, such as "en-GB".</param>
    /// <returns>Empty when nothing of the text can be said.</returns>
    public static SpokenText Of(string text, string language)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(language);
        string written = Markup.Strip(text);
        if (written.Length == 0)
            return SpokenText.Empty;
        SpokenText spoken = SpokenLanguage.For(language) is { } hook ? SpokenReader.Read(written, hook) : SpokenReader.ReadNeutral(written);
        if (spoken.Text.Length > MaxLength)
            return SpokenText.AsWritten(written);
        return Markup.HasSpeech(spoken.Text) ? spoken : SpokenText.Empty;
    }
}
