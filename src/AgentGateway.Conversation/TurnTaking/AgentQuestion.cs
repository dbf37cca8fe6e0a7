using AgentGateway.Conversation.Agents;

namespace AgentGateway.Conversation.TurnTaking;

/// <summary>What the end of an agent's reply asks for.</summary>
internal static class AgentQuestion
{
    private const int MaxLength = 300;

    /// <summary>Whether the reply ends with a question.</summary>
    public static bool IsAsked(string reply) => reply.AsSpan().TrimEnd(" \t\r\n\"'”»)").EndsWith("?");

    /// <summary>What the caller will dictate, judged by the last question or request; Open when it is nothing of the kind.</summary>
    public static ListeningContext Expects(string reply, TurnVocabulary vocabulary)
    {
        string sentence = LastSentence(reply);
        List<string> words = TurnVocabulary.Words(sentence);
        if (!IsAsked(reply) && !words.Exists(vocabulary.Requests.Contains))
            return ListeningContext.Open;
        if (TurnVocabulary.Has(vocabulary.SpellingWords, words))
            return ListeningContext.Spelling;
        if (TurnVocabulary.Has(vocabulary.EmailWords, words))
            return ListeningContext.Email;
        if (TurnVocabulary.Has(vocabulary.PhoneWords, words))
            return ListeningContext.Phone;
        if (TurnVocabulary.Has(vocabulary.DigitWords, words))
            return ListeningContext.Digits;
        return TurnVocabulary.Has(vocabulary.AddressWords, words) ? ListeningContext.Address : ListeningContext.Open;
    }

    private static string LastSentence(string reply)
    {
        string text = reply.TrimEnd();
        if (text.Length > MaxLength)
            text = text[^MaxLength..];
        int end = text.Length - 2;
        int cut = end > 0 ? text.LastIndexOfAny(['.', '!', '?', '\n'], end) : -1;
        return text[(cut + 1)..];
    }
}
