namespace AgentGateway.Conversation.TurnTaking;

/// <summary>Judges speech over the agent by its words and its length.</summary>
internal sealed class BargeInJudge(TurnVocabulary vocabulary, TurnTakerOptions options)
{
    /// <summary>The verdict while the caller is still speaking.</summary>
    public BargeInVerdict WhileSpeaking(string text, TimeSpan speech)
    {
        List<string> words = TurnVocabulary.Words(text);
        int real = vocabulary.CountRealWords(words);
        if (real >= 2 || vocabulary.HasInterrupt(words))
            return BargeInVerdict.Interruption;
        TimeSpan needed = real > 0
            ? options.MinBargeInSpeech
            : words.Count == 0 ? options.MinBargeInSpeech + options.WordlessBargeInExtra : options.LongBackChannel;
        return speech >= needed ? BargeInVerdict.Interruption : BargeInVerdict.Open;
    }

    /// <summary>The verdict on speech that ended, once its final is there or is waited for no longer.</summary>
    public BargeInVerdict AfterSpeech(string text)
    {
        List<string> words = TurnVocabulary.Words(text);
        return vocabulary.CountRealWords(words) > 0 || vocabulary.HasInterrupt(words) ? BargeInVerdict.Interruption : BargeInVerdict.Nothing;
    }

    /// <summary>
    /// The verdict on words that were recognised after the agent had already gone on: only what clearly wants the floor.
    /// </summary>
    public BargeInVerdict Late(string text)
    {
        List<string> words = TurnVocabulary.Words(text);
        return vocabulary.CountRealWords(words) >= 2 || vocabulary.HasInterrupt(words) ? BargeInVerdict.Interruption : BargeInVerdict.Nothing;
    }
}
