using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.TurnTaking;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.Tests.TurnTaking;

public sealed class EndpointingTests
{
    private static readonly TurnVocabulary English = TurnVocabulary.For("en");
    private static readonly TextCompleteness Completeness = new(English, SentenceEnds.For("en"));

    [Theory]
    [InlineData(1, 300)]
    [InlineData(0.98, 300)]
    [InlineData(0.97, 599.2)]
    [InlineData(0.7, 599.2)]
    [InlineData(0.6, 1030.4)]
    [InlineData(0.12, 1030.4)]
    [InlineData(0.08, 1400)]
    [InlineData(0.05, 2280)]
    [InlineData(0, 2500)]
    public void The_curve_turns_a_likelihood_into_a_delay(double likelihood, double milliseconds) =>
        Assert.Equal(milliseconds, new EndpointingCurve(TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(2500)).Delay(likelihood).TotalMilliseconds, 0.1);

    [Fact]
    public void The_curve_never_waits_longer_for_more_certainty_and_stays_within_its_bounds()
    {
        var curve = new EndpointingCurve(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(900));
        TimeSpan before = TimeSpan.MaxValue;
        for (double likelihood = -0.5; likelihood <= 1.5; likelihood += 0.01)
        {
            TimeSpan delay = curve.Delay(likelihood);
            Assert.InRange(delay.TotalMilliseconds, 200, 900);
            Assert.True(delay <= before);
            before = delay;
        }
    }

    [Theory]
    [InlineData("what time do you", 0.0315)]
    [InlineData("what time do you open", 0.8268)]
    [InlineData("my name is", 0.0159)]
    [InlineData("my name is john", 0.9151)]
    [InlineData("i want to reserve a", 0.0026)]
    [InlineData("where can i park my car", 0.6680)]
    [InlineData("i'd like to book a table for tomorrow night", 0.7328)]
    public void The_model_of_sentence_ends_computes_what_it_was_trained_to(string text, double expected) =>
        Assert.Equal(expected, SentenceEnds.For("en-GB")!.Likelihood(TurnVocabulary.Words(text)), 0.0001);

    [Theory]
    [InlineData("i would like to come on friday and")]
    [InlineData("we would like to sit near the")]
    [InlineData("a table for")]
    [InlineData("i think um")]
    [InlineData("well,")]
    public void A_trailing_conjunction_article_preposition_or_filler_is_not_an_end(string text) =>
        Assert.True(Completeness.Likelihood(text) <= 0.1);

    [Theory]
    [InlineData(null, 2300)]
    [InlineData(0.8f, 2300)]
    [InlineData(0.2f, 1030)]
    public void A_dangling_word_that_the_recogniser_is_not_sure_of_is_waited_for_no_longer_than_doubt(float? confidence, double milliseconds)
    {
        var curve = new EndpointingCurve(TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(2500));
        Assert.InRange(curve.Delay(Completeness.Likelihood("we would like to sit near the", confidence: confidence)).TotalMilliseconds, milliseconds - 25, milliseconds + 25);
    }

    [Fact]
    public void Words_that_the_recogniser_guessed_say_little_about_the_end()
    {
        const string ended = "i'd like to book a table for tomorrow night";
        const string open = "what time do you";
        Assert.Equal(0.5, Completeness.Likelihood(ended, confidence: 0.2f), 0.001);
        Assert.Equal(0.5, Completeness.Likelihood(open, confidence: 0.1f), 0.001);
        Assert.InRange(Completeness.Likelihood(ended, confidence: 0.35f), 0.6, Completeness.Likelihood(ended) - 0.05);
        Assert.Equal(Completeness.Likelihood(ended), Completeness.Likelihood(ended, confidence: 0.5f), 0.001);
        // Whole short turns are found in few words, however mumbled.
        Assert.Equal(1, Completeness.Likelihood("yes please", confidence: 0.2f));
    }

    [Theory]
    [InlineData("tomorrow at eight")]
    [InlineData("two people")]
    [InlineData("John Miller")]
    [InlineData("two")]
    public void A_short_answer_to_a_question_is_whole(string text) =>
        Assert.True(Completeness.Likelihood(text, answers: true) >= 0.8 && Completeness.Likelihood(text) < 0.8);

    [Theory]
    [InlineData("and", true)]
    [InlineData("i would like", true)]
    public void A_short_answer_that_dangles_is_not_whole(string text, bool answers) => Assert.True(Completeness.Likelihood(text, answers) < 0.5);

    [Fact]
    public void Resumed_speech_teaches_how_long_this_caller_pauses()
    {
        // Three pauses of 0.9 s inside turns that were not certain to be over.
        Dialogue dialogue = Pausing(new Dialogue(), 3);
        Assert.InRange(Delay(dialogue.Speak(400).Silence(224).Final("i'd like to book a table for tomorrow night").Wait(3000)), 1000, 1200);
        // What is certain is not delayed.
        Assert.InRange(Delay(dialogue.Played().Finished().Speak(400).Silence(224).Final("yes please").Wait(3000)), 290, 310);
    }

    [Fact]
    public void One_pause_teaches_nothing() =>
        Assert.InRange(Delay(Pausing(new Dialogue(), 1).Speak(400).Silence(224).Final("i'd like to book a table for tomorrow night").Wait(3000)), 500, 600);

    [Fact]
    public void Learning_can_be_switched_off() =>
        Assert.InRange(
            Delay(Pausing(new Dialogue(new TurnTakerOptions { LearnPauses = false }), 3).Speak(400).Silence(224).Final("i'd like to book a table for tomorrow night").Wait(3000)), 500, 600);

    [Fact]
    public void A_cough_in_a_pause_teaches_nothing()
    {
        var dialogue = new Dialogue();
        for (int i = 0; i < 4; i++)
            dialogue.Speak(400).Silence(224).Final("i want the").Silence(600).Voice("##...").Final("").Wait(3000).Played().Finished();
        Assert.InRange(Delay(dialogue.Speak(400).Silence(224).Final("i'd like to book a table for tomorrow night").Wait(3000)), 500, 600);
    }

    [Fact]
    public void A_caller_who_goes_on_before_the_answer_is_heard_had_paused()
    {
        var dialogue = new Dialogue();
        for (int i = 0; i < 3; i++)
        {
            dialogue.Speak(400).Silence(224).Final("yes please").Silence(700).Speak(400).Partial("and a table").Speak(400).Silence(224)
                .Final("and a table outside").Wait(3000).Played().Finished();
        }

        Assert.InRange(Delay(dialogue.Speak(400).Silence(224).Final("i'd like to book a table for tomorrow night").Wait(3000)), 1000, 1200);
    }

    [Fact]
    public void A_habit_is_bounded()
    {
        var habit = new PauseHabit(TimeSpan.FromSeconds(1.2));
        for (int i = 0; i < 10; i++)
            habit.Add(TimeSpan.FromSeconds(20));
        Assert.Equal(TimeSpan.FromSeconds(1.2), habit.LeastDelay);
        for (int i = 0; i < 20; i++)
            habit.Add(TimeSpan.FromMilliseconds(200));
        Assert.InRange(habit.LeastDelay.TotalMilliseconds, 240, 270);
    }

    [Theory]
    [InlineData("May I have your phone number?", ListeningContext.Phone)]
    [InlineData("Sure. Please tell me your e-mail address.", ListeningContext.Email)]
    [InlineData("Could you spell that for me?", ListeningContext.Spelling)]
    [InlineData("What is your order number?", ListeningContext.Digits)]
    [InlineData("And what is the address for the delivery?", ListeningContext.Address)]
    [InlineData("Where do you live?", ListeningContext.Address)]
    [InlineData("What is your date of birth?", ListeningContext.Digits)]
    [InlineData("What can I do for you?", ListeningContext.Open)]
    [InlineData("You find the code in our email.", ListeningContext.Open)]
    [InlineData("Your phone number is noted. How many people?", ListeningContext.Open)]
    [InlineData("", ListeningContext.Open)]
    public void The_agents_last_question_says_what_will_be_heard(string reply, ListeningContext expected) =>
        Assert.Equal(expected, AgentQuestion.Expects(reply, English));

    [Theory]
    [InlineData("Wie ist Ihre Telefonnummer?", ListeningContext.Phone)]
    [InlineData("Können Sie das bitte buchstabieren?", ListeningContext.Spelling)]
    [InlineData("Nennen Sie mir bitte Ihre Kundennummer.", ListeningContext.Digits)]
    public void German_questions_are_known(string reply, ListeningContext expected) =>
        Assert.Equal(expected, AgentQuestion.Expects(reply, TurnVocabulary.For("de")));

    [Theory]
    [InlineData(ListeningContext.Digits, "four seven one one", 1500)]
    [InlineData(ListeningContext.Phone, "zero one seven two", 1500)]
    [InlineData(ListeningContext.Phone, "five five five one two three four five six seven", 0)]
    [InlineData(ListeningContext.Phone, "five five five one two three four", 1500)]
    [InlineData(ListeningContext.Phone, "555 123 4567", 0)]
    [InlineData(ListeningContext.Email, "john at example", 1500)]
    [InlineData(ListeningContext.Email, "john at example dot com", 0)]
    [InlineData(ListeningContext.Email, "john@example.com", 0)]
    [InlineData(ListeningContext.Spelling, "m i l", 1500)]
    [InlineData(ListeningContext.Address, "twenty", 1500)]
    [InlineData(ListeningContext.Address, "twenty market street", 1500)]
    [InlineData(ListeningContext.Address, "i live in the market street", 1200)]
    [InlineData(ListeningContext.Phone, "i don't know", 0)]
    [InlineData(ListeningContext.Email, "i don't know", 0)]
    [InlineData(ListeningContext.Address, "no thanks", 0)]
    [InlineData(ListeningContext.Digits, "why do you need that", 0)]
    [InlineData(ListeningContext.Open, "four seven", 0)]
    public void Dictation_is_given_time_until_it_is_whole(ListeningContext context, string text, int milliseconds) =>
        Assert.Equal(milliseconds, ListeningPatience.LeastDelay(context, text, English).TotalMilliseconds);

    [Fact]
    public void After_the_agent_asked_for_a_number_the_caller_may_pause_between_its_groups()
    {
        Dialogue dialogue = new Dialogue().Type("book").Tell(TurnFact.ReplyText(1, "Gladly.")).Tell(TurnFact.ReplyText(1, "What is your phone number?")).Played().Finished();
        Assert.Equal(ListeningContext.Phone, dialogue.Turns.Expects);
        dialogue.Speak(400).Silence(224).Final("five five five").Silence(1150).Speak(400).Silence(224).Final("one two three four five six seven").Wait(3000);
        Assert.Equal("five five five one two three four five six seven", dialogue.Last(TurnCommandKind.CommitTurn).Text);
        Assert.InRange(Delay(dialogue), 300, 1300);
    }

    [Fact]
    public void What_a_script_or_model_says_it_asks_for_outweighs_its_words()
    {
        Dialogue dialogue = new Dialogue().Type("book").Tell(TurnFact.ReplyText(1, "What is it?")).Tell(TurnFact.ListenFor(1, ListeningContext.Digits)).Played().Finished();
        Assert.Equal(ListeningContext.Digits, dialogue.Turns.Expects);
    }

    [Fact]
    public void The_agent_file_can_say_what_its_callers_say()
    {
        Dialogue dialogue = new Dialogue(new TurnTakerOptions { Listen = ListeningContext.Digits });
        Assert.Equal(ListeningContext.Digits, dialogue.Turns.Expects);
        Assert.InRange(Delay(dialogue.Speak(400).Silence(224).Final("four seven one one").Wait(3000)), 1490, 1510);
    }

    [Fact]
    public void What_the_agent_file_says_holds_whatever_the_agent_said()
    {
        Dialogue dialogue = new Dialogue(new TurnTakerOptions { Listen = ListeningContext.Digits }).Type("book").Tell(TurnFact.ReplyText(1, "Gladly.")).Played().Finished();
        Assert.Equal(ListeningContext.Digits, dialogue.Turns.Expects);
    }

    [Fact]
    public void Dictation_is_given_no_more_time_than_the_longest_delay()
    {
        var options = new TurnTakerOptions { Listen = ListeningContext.Digits, MaxDelay = TimeSpan.FromMilliseconds(900) };
        Assert.InRange(Delay(new Dialogue(options).Speak(400).Silence(224).Final("four seven one one").Wait(3000)), 890, 910);
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(16, 212)]
    public void Speech_ends_with_its_last_sure_window_and_not_long_before_its_last(int unsure, double behind)
    {
        // What the model is not sure of, in noise: it is behind the end, for up to 0.3 s.
        Dialogue dialogue = new Dialogue().Speak(400);
        Instant sure = dialogue.Now;
        dialogue.Voice(new string('-', unsure)).Silence(224).Final("yes please").Wait(3000);
        Assert.Equal(behind, (dialogue.Last(TurnCommandKind.StartReply).SpeechEnd - sure).TotalMilliseconds, 0.1);
    }

    [Fact]
    public void The_wait_for_finals_begins_with_what_other_calls_measured()
    {
        Dialogue dialogue = new Dialogue(new TurnTakerOptions { ExpectedFinalWait = TimeSpan.FromMilliseconds(400) }).Speak(400).Silence(224).Partial("yes please").Wait(390);
        Assert.Equal(TurnPhase.AwaitingTranscript, dialogue.Phase);
        dialogue.Wait(20);
        Assert.Equal(TurnPhase.Thinking, dialogue.Phase);
        Assert.Null(dialogue.Turns.LearnedFinalWait);
    }

    private static Dialogue Pausing(Dialogue dialogue, int times)
    {
        for (int i = 0; i < times; i++)
            dialogue.Speak(400).Silence(224).Final("i would like the").Silence(676).Speak(400).Silence(224).Final("soup please").Wait(3000).Played().Finished();
        return dialogue;
    }

    private static double Delay(Dialogue dialogue) =>
        (dialogue.TimeOf(TurnCommandKind.StartReply) - dialogue.Last(TurnCommandKind.StartReply).SpeechEnd).TotalMilliseconds;

    [Fact]
    public void A_question_that_was_interrupted_was_asked()
    {
        Dialogue dialogue = new Dialogue().UntilSpeaking().Tell(TurnFact.ReplyText(1, "What is your phone number?")).Silence(500);
        dialogue.Speak(320).Partial("excuse me please");
        Assert.Equal((TurnPhase.Hearing, ListeningContext.Phone), (dialogue.Phase, dialogue.Turns.Expects));
    }

    [Fact]
    public void A_question_that_nobody_heard_was_not_asked()
    {
        Dialogue dialogue = new Dialogue().Type("hello").Tell(TurnFact.ReplyText(1, "What is your phone number?")).Type("stop");
        Assert.Equal(ListeningContext.Open, dialogue.Turns.Expects);
    }
}
