using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Tests.TurnTaking;

/// <summary>The plain rules, in a language that has words but no model of sentence ends, and what a recogniser that is not sure changes.</summary>
public sealed class TextCompletenessTests
{
    private static readonly TextCompleteness German = new(TurnVocabulary.For("de"), SentenceEnds.For("de"));

    [Theory]
    [InlineData("ich habe gestern reserviert", false, 0.8)]
    [InlineData("ich habe reserviert", false, 0.75)]
    [InlineData("wann öffnet", false, 0.75)]
    [InlineData("ich komme nicht mit", false, 0.35)]
    [InlineData("ich habe gestern reserviert", true, 0.82)]
    [InlineData("ich habe gestern abend reserviert", true, 0.8)]
    [InlineData("null drei vier", false, 0.35)]
    [InlineData("null drei vier", true, 0.35)]
    [InlineData("drei vier", true, 0.82)]
    [InlineData("in zimmer drei", false, 0.35)]
    [InlineData("in zimmer 12", false, 0.35)]
    [InlineData("in zimmer drei", true, 0.82)]
    [InlineData("das ist in zimmer drei", false, 0.8)]
    public void A_text_is_judged_by_its_last_word_its_first_and_its_length(string text, bool answers, double expected) =>
        Assert.Equal(expected, German.Likelihood(text, answers), 0.001);

    [Theory]
    [InlineData(1f, 0.8)]
    [InlineData(0.5f, 0.8)]
    [InlineData(0.35f, 0.667)]
    [InlineData(0.2f, 0.5)]
    [InlineData(0f, 0.5)]
    public void Words_that_were_guessed_say_nothing(float confidence, double expected) =>
        Assert.Equal(expected, German.Likelihood("ich habe gestern reserviert", confidence: confidence), 0.001);

    [Theory]
    [InlineData(0.45f, 0.04)]
    [InlineData(0.449f, 0.15)]
    public void A_last_word_that_may_be_misheard_does_not_make_anybody_wait_for_seconds(float confidence, double expected) =>
        Assert.Equal(expected, German.Likelihood("ich möchte einen", confidence: confidence), 0.001);

    [Theory]
    [InlineData("Wie viele Personen?", 599.2)]
    [InlineData("Gern.", 1030.4)]
    public void An_answer_to_a_question_may_be_a_single_word(string reply, double milliseconds)
    {
        Dialogue dialogue = new Dialogue(new TurnTakerOptions { Language = "de" }).UntilSpeaking("wann öffnet ihr heute").Tell(TurnFact.ReplyText(1, reply)).Finished().Silence(1000);
        TurnCommand answer = dialogue.Speak(400).Silence(224).Final("drei").Wait(2600).Last(TurnCommandKind.StartReply);
        Assert.Equal(milliseconds, (answer.Decided - answer.SpeechEnd).TotalMilliseconds, 1.0);
    }
}
