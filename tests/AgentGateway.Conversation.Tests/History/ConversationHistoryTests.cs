using AgentGateway.Conversation.History;
using Microsoft.Extensions.AI;

namespace AgentGateway.Conversation.Tests.History;

public sealed class ConversationHistoryTests
{
    private readonly ConversationHistory _history = new("Be brief.");

    [Fact]
    public void The_callers_words_precede_the_answer()
    {
        _history.AddUser("hello");
        _history.BeginReply(1, 1);
        _history.AddSegment(1, 1, "Hi.");
        _history.Hear(1, 1, 3);
        _history.CompleteReply(1);
        Assert.Equal(["system:Be brief.", "user:hello", "assistant:Hi."], Messages());
    }

    [Fact]
    public void Nothing_is_kept_of_a_reply_that_was_not_heard()
    {
        _history.AddUser("hello");
        _history.BeginReply(1, 1);
        _history.AddSegment(1, 1, "Hi there.");
        Assert.Equal("", _history.CutReply(1).Text);
        _history.AddUser("sorry, go on");
        Assert.Equal(["system:Be brief.", "user:hello\nsorry, go on"], Messages());
    }

    [Fact]
    public void A_cut_reply_keeps_what_was_heard_and_says_that_it_was_cut()
    {
        _history.BeginReply(1, 0);
        _history.AddSegment(1, 1, "One two.");
        _history.AddSegment(1, 2, "Three four five.");
        _history.Hear(1, 1, 8);
        _history.Hear(1, 2, 10);
        Assert.Equal(new HeardText("One two. Three four", IsComplete: false), _history.CutReply(1));
        Assert.Equal(["system:Be brief.", "assistant:One two. Three four…"], Messages());
    }

    [Fact]
    public void A_reply_that_was_cut_after_its_last_word_was_heard_whole()
    {
        _history.BeginReply(1, 0);
        _history.AddSegment(1, 1, "One two.");
        _history.Hear(1, 1, 8);
        Assert.True(_history.CutReply(1).IsComplete);
        Assert.Equal("assistant:One two.", Messages()[1]);
    }

    [Fact]
    public void A_closed_reply_takes_nothing_more()
    {
        _history.BeginReply(1, 0);
        _history.AddSegment(1, 1, "One two.");
        _history.Hear(1, 1, 3);
        _history.CutReply(1);
        _history.Hear(1, 1, 8);
        _history.AddSegment(1, 2, "Three.");
        _history.AddTools(1, [new FunctionCallContent("c", "t")], [new FunctionResultContent("c", "r")]);
        Assert.Equal(["system:Be brief.", "assistant:One…"], Messages());
    }

    [Fact]
    public void Hearing_never_moves_back_or_beyond_the_text()
    {
        _history.BeginReply(1, 0);
        _history.AddSegment(1, 1, "One two.");
        _history.Hear(1, 1, 5);
        _history.Hear(1, 1, 2);
        Assert.Equal("One t", _history.HeardOf(1).Text);
        _history.Hear(1, 1, 500);
        Assert.Equal("One two.", _history.HeardOf(1).Text);
        _history.Hear(7, 1, 5);
    }

    [Fact]
    public void Tools_that_ran_stay_between_what_was_said_before_and_after()
    {
        _history.AddUser("book");
        _history.BeginReply(1, 1);
        _history.AddSegment(1, 1, "One moment.");
        _history.AddTools(1, [new FunctionCallContent("c1", "book")], [new FunctionResultContent("c1", "ok")]);
        _history.AddSegment(1, 2, "Done.");
        _history.Hear(1, 1, 11);
        _history.CutReply(1);
        IList<ChatMessage> messages = _history.ToMessages();
        Assert.Equal(["system", "user", "assistant", "tool"], messages.Select(m => m.Role.Value));
        Assert.Equal("One moment.", messages[2].Text);
        Assert.Single(messages[2].Contents.OfType<FunctionCallContent>());
    }

    [Fact]
    public void Without_a_system_prompt_there_is_no_system_message() => Assert.Empty(new ConversationHistory("").ToMessages());

    private List<string> Messages() => [.. _history.ToMessages().Select(m => $"{m.Role}:{m.Text}")];
}
