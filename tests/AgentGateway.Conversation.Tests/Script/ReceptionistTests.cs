using System.Text.Json;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Script;
using AgentGateway.Conversation.Tests.Agents;
using AgentGateway.Testing.Conversation;
using Microsoft.Extensions.AI;

namespace AgentGateway.Conversation.Tests.Script;

public sealed class ReceptionistTests
{
    private static readonly AgentDefinition Agent = AgentFiles.Repository().Agents["receptionist"];

    [Theory]
    [InlineData("WHAT ARE YOUR OPENING HOURS", "noon")]
    [InlineData("WHEN DO YOU OPEN", "noon")]
    [InlineData("WHEN ARE YOU OPEN ON SUNDAY", "noon")]
    [InlineData("WHAT TIME DO YOU CLOSE TONIGHT", "noon")]
    [InlineData("ARE YOU OPENED TOMORROW", "noon")]
    [InlineData("WHAT ARE YOUR OPENING OURS", "noon")]
    [InlineData("WENT ARE YOU OPEN", "noon")]
    [InlineData("UM HI I JUST WANTED TO KNOW YOUR OPENING HOURS PLEASE", "noon")]
    [InlineData("COULD YOU TELL ME WHAT YOUR HOURS ARE", "noon")]
    [InlineData("What are your opening hours?", "noon")]
    [InlineData("WHERE ARE YOU", "Market Street")]
    [InlineData("WHAT IS YOUR ADDRESS", "Market Street")]
    [InlineData("WHAT'S YOUR ADDRESS PLEASE", "Market Street")]
    [InlineData("WHAT IS YOUR A DRESS", "Market Street")]
    [InlineData("WHERE IS YOUR RESTAURANT LOCATED", "Market Street")]
    [InlineData("HOW DO I GET TO THE RESTAURANT", "Market Street")]
    [InlineData("CAN I PARK MY CAR THERE", "behind the house")]
    [InlineData("DO YOU HAVE A PARKING PLACE", "behind the house")]
    [InlineData("DO YOU HAVE VEGETARIAN FOOD", "dishes without meat")]
    [InlineData("WHAT'S ON THE MENU TODAY", "dishes without meat")]
    [InlineData("CAN I BRING MY CHILDREN", "bring your children")]
    [InlineData("HELLO", "What can I do for you")]
    [InlineData("THANK YOU VERY MUCH", "something else")]
    [InlineData("what our opening hours", "noon")]
    [InlineData("can i part my car", "behind the house")]
    [InlineData("can and i bring my children", "bring your children")]
    [InlineData("what kind of feel do you have", "dishes without meat")]
    [InlineData("when do you glose", "noon")]
    [InlineData("for people", "For which day?")]
    [InlineData("two people tomorrow at eight please", "What name can I put down?")]
    [InlineData("sandki goodby", "oodbye")]
    [InlineData("no sanky of good by", "oodbye")]
    [InlineData("hot table for two unsaturedy edit please", "At what time?")]
    [InlineData("do you have the table for six feet plum friday evening", "At what time?")]
    [InlineData("i need a table for it tonight", "For how many people?")]
    [InlineData("a table four two on saturday please", "At what time?")]
    [InlineData("I'D LIKE TO BOOK A TABLE", "For how many people?")]
    [InlineData("HELLO I WOULD LIKE TO MAKE A RESERVATION PLEASE", "For how many people?")]
    [InlineData("CAN I HAVE A TABLE", "For how many people?")]
    [InlineData("I WOULD LIKE TO BOOK A CABLE", "For how many people?")]
    [InlineData("I LIKE TO BUCK A TABLE", "For how many people?")]
    [InlineData("DO YOU HAVE A TABLE FOR TOMORROW NIGHT", "For how many people?")]
    [InlineData("A TABLE FOR FOUR TOMORROW AT SEVEN THIRTY", "What name can I put down?")]
    [InlineData("CAN I BOOK A TABLE FOR TWO", "For which day?")]
    [InlineData("I WANT A TABLE FOR SIX ON FRIDAY", "At what time?")]
    public async Task One_utterance_is_understood(string said, string expected)
    {
        using var dialogue = new Dialogue(Agent);
        string answer = await dialogue.SayAsync(said);
        Assert.True(answer.Contains(expected, StringComparison.Ordinal), $"'{said}' was answered '{answer}'");
    }

    [Theory]
    [InlineData("THE STOCK MARKET FELL SHARPLY")]
    [InlineData("SUNDAY IS THE BEST PART OF THE WEEK")]
    [InlineData("DROP THE TWO WHEN YOU ADD THE FIGURES")]
    [InlineData("AND SO MY FELLOW AMERICANS")]
    [InlineData("THE CHILD ALMOST HURT THE SMALL DOG")]
    [InlineData("GO FORWARD TEN METERS")]
    [InlineData("TEN OF CLUBS")]
    [InlineData("UH")]
    [InlineData("...")]
    public async Task Other_talk_is_not_mistaken_for_a_wish(string said)
    {
        using var dialogue = new Dialogue(Agent);
        string[] answers = [await dialogue.SayAsync(said), await dialogue.SayAsync(said)];
        Assert.All(answers, answer => Assert.Contains(answer, Agent.Script!.Fallback));
        Assert.NotEqual(answers[0], answers[1]);
    }

    [Fact]
    public async Task A_table_is_booked_in_one_sentence_and_a_yes()
    {
        using var dialogue = new Dialogue(Agent);
        Assert.Equal("What name can I put down?", await dialogue.SayAsync("HI I WANT A TABLE FOR FOUR PEOPLE ON SATURDAY AT HALF PAST SEVEN IN THE EVENING"));
        Assert.Equal(
            "So that is a table for four, Saturday, the twenty first of November, at seven thirty in the evening, and the name is Anna Miller. Is that right?",
            await dialogue.SayAsync("ANNA MILLER"));
        Assert.Contains("is booked", await dialogue.SayAsync("YES"), StringComparison.Ordinal);
        (string _, string name, JsonElement arguments) = Assert.Single(dialogue.Recorder.Started);
        Assert.Equal("book_table", name);
        Assert.Equal("""{"party_size":4,"date":"2026-11-21","time":"19:30","name":"Anna Miller"}""", arguments.GetRawText());
        Assert.Equal("R101", Assert.Single(dialogue.Recorder.Completed).Result.GetProperty("reservation").GetString());
    }

    [Theory]
    [InlineData("FOUR", "4")]
    [InlineData("FOR", "4")]
    [InlineData("FOUR PEOPLE PLEASE", "4")]
    [InlineData("WE ARE FIVE", "5")]
    [InlineData("THERE WILL BE TWO OF US", "2")]
    [InlineData("TO PEOPLE", "2")]
    [InlineData("TOO", "2")]
    [InlineData("JUST ME", "1")]
    [InlineData("A COUPLE", "2")]
    [InlineData("ATE", "8")]
    [InlineData("3", "3")]
    [InlineData("for people", "4")]
    [InlineData("free", "3")]
    public async Task Party_sizes_are_heard(string said, string expected) =>
        Assert.Equal(expected, await SlotAsync("party_size", "I WANT A TABLE", said, "TOMORROW", "AT SEVEN", "SMITH", "YES"));

    [Theory]
    [InlineData("TODAY", "2026-11-18")]
    [InlineData("TONIGHT", "2026-11-18")]
    [InlineData("TOMORROW", "2026-11-19")]
    [InlineData("TO MORROW", "2026-11-19")]
    [InlineData("TOMOROW", "2026-11-19")]
    [InlineData("jammorrow", "2026-11-19")]
    [InlineData("ON SATURDEY", "2026-11-21")]
    [InlineData("on wensday", "2026-11-18")]
    [InlineData("THE DAY AFTER TOMORROW", "2026-11-20")]
    [InlineData("ON FRIDAY", "2026-11-20")]
    [InlineData("THIS SATURDAY", "2026-11-21")]
    [InlineData("SATURDAYS", "2026-11-21")]
    [InlineData("NEXT FRIDAY", "2026-11-27")]
    [InlineData("ON THE TWENTY FIFTH", "2026-11-25")]
    [InlineData("THE FOURTH OF DECEMBER", "2026-12-04")]
    [InlineData("DECEMBER FOURTH", "2026-12-04")]
    [InlineData("DECEMBER THE TWENTY FOURTH", "2026-12-24")]
    [InlineData("SATURDAY THE TWENTY EIGHTH", "2026-11-28")]
    [InlineData("IN THREE DAYS", "2026-11-21")]
    [InlineData("IN A WEEK", "2026-11-25")]
    [InlineData("THE FIFTH OF JANUARY", "2027-01-05")]
    [InlineData("2026-12-01", "2026-12-01")]
    [InlineData("on the 24th", "2026-11-24")]
    public async Task Days_are_heard(string said, string expected) =>
        Assert.Equal(expected, await SlotAsync("date", "I WANT A TABLE", "FOUR", said, "AT SEVEN", "SMITH", "YES"));

    [Theory]
    [InlineData("SEVEN", "19:00")]
    [InlineData("AT SEVEN", "19:00")]
    [InlineData("SEVEN THIRTY", "19:30")]
    [InlineData("SEVEN FORTY FIVE", "19:45")]
    [InlineData("HALF PAST SEVEN", "19:30")]
    [InlineData("QUARTER TO EIGHT", "19:45")]
    [InlineData("A QUARTER PAST SIX", "18:15")]
    [InlineData("TEN PAST EIGHT", "20:10")]
    [InlineData("TWENTY TO NINE", "20:40")]
    [InlineData("EIGHT O'CLOCK", "20:00")]
    [InlineData("EIGHT O CLOCK", "20:00")]
    [InlineData("AT SEVEN P M", "19:00")]
    [InlineData("SEVEN IN THE EVENING", "19:00")]
    [InlineData("SEVEN TOMORROW EVENING", "19:00")]
    [InlineData("AT NOON", "12:00")]
    [InlineData("TWELVE THIRTY", "12:30")]
    [InlineData("AROUND TWO IN THE AFTERNOON", "14:00")]
    [InlineData("AT ATE", "20:00")]
    [InlineData("NINETEEN THIRTY", "19:30")]
    [InlineData("and seven thirty", "19:30")]
    [InlineData("half passed seven", "19:30")]
    [InlineData("19:30", "19:30")]
    [InlineData("7:30 p.m.", "19:30")]
    [InlineData("at 7pm", "19:00")]
    public async Task Times_are_heard(string said, string expected) =>
        Assert.Equal(expected, await SlotAsync("time", "I WANT A TABLE", "FOUR", "TOMORROW", said, "SMITH", "YES"));

    [Theory]
    [InlineData("SMITH", "Smith")]
    [InlineData("MY NAME IS JOHN SMITH", "John Smith")]
    [InlineData("IT'S JOHN SMITH PLEASE", "John Smith")]
    [InlineData("UNDER THE NAME OF MILLER", "Miller")]
    [InlineData("THIS IS MARY ANN", "Mary Ann")]
    [InlineData("S M I T H", "Smith")]
    public async Task Names_are_heard(string said, string expected) =>
        Assert.Equal(expected, await SlotAsync("name", "I WANT A TABLE", "FOUR", "TOMORROW", "AT SEVEN", said, "YES"));

    [Fact]
    public async Task Questions_that_stay_open_are_asked_in_other_words_and_then_dropped()
    {
        using var dialogue = new Dialogue(Agent);
        Assert.Equal("For how many people?", await dialogue.SayAsync("A TABLE PLEASE"));
        Assert.Equal("How many guests will you be?", await dialogue.SayAsync("BLUE MOUNTAIN"));
        Assert.Equal("Please tell me only the number of guests.", await dialogue.SayAsync("GREEN RIVER"));
        Assert.Equal("Please tell me only the number of guests.", await dialogue.SayAsync("YELLOW SKY"));
        Assert.Equal(Agent.Script!.GiveUp, await dialogue.SayAsync("RED HOUSE"));
        Assert.Equal("For how many people?", await dialogue.SayAsync("A TABLE PLEASE"));
    }

    [Fact]
    public async Task The_caller_can_drop_it_hear_it_again_and_ask_in_between()
    {
        using var dialogue = new Dialogue(Agent);
        Assert.Equal(Agent.Greeting, await dialogue.SayAsync("SORRY WHAT DID YOU SAY"));
        await dialogue.SayAsync("I WANT TO BOOK A TABLE FOR TWO");
        Assert.Equal("For which day?", await dialogue.SayAsync("PARDON"));
        Assert.Contains("Market Street", await dialogue.SayAsync("WHERE ARE YOU BY THE WAY"), StringComparison.Ordinal);
        Assert.Matches("noon.*which day", await dialogue.SayAsync("WHEN ARE YOU OPEN"));
        Assert.Equal("At what time?", await dialogue.SayAsync("OKAY TOMORROW"));
        Assert.Equal(Agent.Script!.Cancelled, await dialogue.SayAsync("OH NEVER MIND"));
        Assert.Contains("noon", await dialogue.SayAsync("WHEN ARE YOU OPEN"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_no_asks_what_to_change()
    {
        using var dialogue = new Dialogue(Agent);
        await dialogue.SayAsync("A TABLE FOR TWO TOMORROW AT SEVEN");
        await dialogue.SayAsync("MY NAME IS SMITH");
        Assert.Equal(Agent.Script!.Change, await dialogue.SayAsync("NO"));
        Assert.Equal("At what time?", await dialogue.SayAsync("THE TIME"));
        Assert.Contains("eight thirty in the evening", await dialogue.SayAsync("EIGHT THIRTY"), StringComparison.Ordinal);
        Assert.Contains("for three, tomorrow, at eight thirty", await dialogue.SayAsync("NO THREE PEOPLE"), StringComparison.Ordinal);
        Assert.Contains("booked", await dialogue.SayAsync("THAT'S RIGHT"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Goodbye_ends_the_call_at_any_point()
    {
        using var dialogue = new Dialogue(Agent);
        await dialogue.SayAsync("A TABLE FOR TWO TOMORROW");
        Assert.Contains("oodbye", await dialogue.SayAsync("GOODBYE"), StringComparison.Ordinal);
        Assert.Equal("end_call", Assert.Single(dialogue.Recorder.Started).Name);
        Assert.Equal(1, dialogue.Recorder.EndCallRequests);
    }

    [Fact]
    public async Task The_same_history_gives_the_same_answer()
    {
        using var first = new Dialogue(Agent);
        using var second = new Dialogue(Agent);
        foreach (string said in (string[])["HELLO", "BLAH", "A TABLE FOR TWO", "BLAH", "TOMORROW", "SEVEN", "SMITH", "YES", "BLAH", "THANKS", "BYE"])
            Assert.Equal(await first.SayAsync(said), await second.SayAsync(said));
    }

    [Fact]
    public async Task A_history_without_the_result_of_a_call_asks_for_the_yes_again()
    {
        // The caller spoke while the tool ran: the turn was cancelled before its result came.
        var time = new ManualTimeProvider();
        var client = new ScriptChatClient(Agent, time);
        ChatMessage[] history =
        [
            new(ChatRole.User, "A TABLE FOR TWO TOMORROW AT SEVEN"),
            new(ChatRole.User, "MY NAME IS SMITH"),
            new(ChatRole.User, "YES"),
            new(ChatRole.User, "HELLO ARE YOU THERE"),
        ];
        ChatResponse response = await client.GetResponseAsync(history, new ChatOptions());
        Assert.Contains("Is that right?", response.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_system_prompt_is_not_read_and_a_long_utterance_is_bounded()
    {
        var client = new ScriptChatClient(Agent, new ManualTimeProvider());
        ChatResponse response = await client.GetResponseAsync(
            [new ChatMessage(ChatRole.System, "WHEN ARE YOU OPEN"), new ChatMessage(ChatRole.User, string.Concat(Enumerable.Repeat("la ", 200_000)))]);
        Assert.Contains(response.Text, Agent.Script!.Fallback);
    }

    private static async Task<string> SlotAsync(string slot, params string[] said)
    {
        using var dialogue = new Dialogue(Agent);
        string answer = "";
        foreach (string text in said)
            answer = await dialogue.SayAsync(text);
        Assert.True(dialogue.Recorder.Started.Count == 1, $"no call; the last answer was '{answer}'");
        return dialogue.Recorder.Started[0].Arguments.GetProperty(slot).ToString();
    }
}
