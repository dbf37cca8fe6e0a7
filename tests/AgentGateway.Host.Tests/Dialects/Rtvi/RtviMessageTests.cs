using System.Text.Json;
using AgentGateway.Conversation.Events;
using AgentGateway.Host.Dialects.Rtvi;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Host.Tests.Dialects.Rtvi;

public sealed class RtviMessageTests
{
    private readonly RecordingCall _call = new();
    private readonly RtviDialect _dialect;

    public RtviMessageTests() => _dialect = new RtviDialect(_call, NullLogger.Instance);

    [Fact]
    public void Client_ready_is_answered_with_bot_ready_of_the_same_id()
    {
        Receive("client-ready", """{"version":"2.1.0","about":{"library":"x"}}""", "8f3a0001");

        Assert.Equal("bot-ready", Type(_call.Last));
        Assert.Equal("8f3a0001", _call.Last.GetProperty("id").GetString());
        Assert.Equal("2.1.0", _call.Last.GetProperty("data").GetProperty("version").GetString());
        Assert.Equal("agentgateway", _call.Last.GetProperty("data").GetProperty("about").GetProperty("library").GetString());
    }

    [Fact]
    public void A_client_of_major_version_1_gets_its_own_version_back()
    {
        Receive("client-ready", """{"version":"1.3.2"}""", "1");
        Assert.Equal("1.3.2", _call.Last.GetProperty("data").GetProperty("version").GetString());
    }

    [Theory]
    [InlineData("""{"version":"9.0.0"}""")]
    [InlineData("""{}""")]
    [InlineData("""{"version":"soon"}""")]
    public void An_odd_version_is_refused_and_connected_all_the_same(string data)
    {
        Receive("client-ready", data, "7");
        Assert.Equal(["error-response", "bot-ready"], _call.Types);
        Assert.All(_call.Sent, m => Assert.Equal("7", m.GetProperty("id").GetString()));
    }

    [Fact]
    public void Send_text_carries_its_options()
    {
        Receive("send-text", """{"content":"hello"}""");
        Receive("send-text", """{"content":"quiet","options":{"run_immediately":false,"audio_response":false}}""");
        Assert.Equal([("hello", true, true), ("quiet", false, false)], _call.Texts);
    }

    [Theory]
    [InlineData("""{"buttons":["1","2","#"]}""", "12#")]
    [InlineData("""{"button":"5"}""", "5")]
    public void Dtmf_of_both_protocol_versions_are_keys_of_a_telephone(string data, string expected)
    {
        Receive("dtmf", data);
        Assert.Equal(expected, _call.Keys);
        Assert.Empty(_call.Texts);
    }

    [Fact]
    public void Dtmf_to_an_agent_without_conversation_is_refused()
    {
        var call = new RecordingCall { HoldsConversation = false };
        var dialect = new RtviDialect(call, NullLogger.Instance);
        dialect.HandleMessage("{\"label\":\"rtvi-ai\",\"type\":\"dtmf\",\"id\":\"1\",\"data\":{\"button\":\"1\"}}");
        Assert.Equal("error-response", Type(call.Last));
    }

    [Theory]
    [InlineData("""{"buttons":["12"]}""")]
    [InlineData("""{"buttons":[]}""")]
    [InlineData("""{"buttons":[7]}""")]
    [InlineData("""{"button":"x"}""")]
    [InlineData("[]")]
    public void Wrong_dtmf_is_refused(string data)
    {
        Receive("dtmf", data, "3");
        Assert.Empty(_call.Texts);
        Assert.Empty(_call.Keys);
        Assert.Equal("error-response", Type(_call.Last));
    }

    [Fact]
    public void Disconnect_bot_ends_the_call()
    {
        Receive("disconnect-bot", "{}");
        Assert.Equal(ConversationEndReason.CallerHungUp, _call.Ended);
    }

    [Theory]
    [InlineData("ping: 1700000000000")]
    [InlineData("""{"type":"signalling","message":{"type":"trackStatus","receiver_index":0,"enabled":true}}""")]
    [InlineData("""{"label":"rtvi-ai","type":"ui-event","data":{}}""")]
    public void What_needs_no_answer_gets_none(string message)
    {
        _dialect.HandleMessage(message);
        Assert.Empty(_call.Sent);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[1,2]")]
    [InlineData("{\"label\":\"rtvi-ai\"}")]
    [InlineData("{\"label\":\"rtvi-ai\",\"type\":5}")]
    [InlineData("{\"label\":7,\"type\":\"x\"}")]
    [InlineData("{\"label\":\"other\",\"type\":\"x\"}")]
    [InlineData("")]
    public void Nonsense_is_answered_with_an_error_that_is_not_fatal(string message)
    {
        _dialect.HandleMessage(message);
        Assert.Equal("error", Type(_call.Last));
        Assert.False(_call.Last.GetProperty("data").GetProperty("fatal").GetBoolean());
    }

    [Fact]
    public void An_unknown_type_is_refused_with_its_id()
    {
        Receive("make-coffee", "{}", "42");
        Assert.Equal("error-response", Type(_call.Last));
        Assert.Equal("42", _call.Last.GetProperty("id").GetString());
        Assert.Contains("make-coffee", _call.Last.GetProperty("data").GetProperty("error").GetString());
    }

    [Fact]
    public void A_flood_of_nonsense_is_not_answered_for_ever()
    {
        for (int i = 0; i < 1000; i++)
            _dialect.HandleMessage("nonsense");
        Assert.Equal(20, _call.Sent.Count);
    }

    [Fact]
    public void Deeply_nested_json_is_refused()
    {
        _dialect.HandleMessage("{\"label\":\"rtvi-ai\",\"type\":\"send-text\",\"data\":" + new string('[', 5000) + new string(']', 5000) + "}");
        Assert.Equal("error", Type(_call.Last));
    }

    [Fact]
    public void Text_for_an_agent_without_a_conversation_is_refused()
    {
        var call = new RecordingCall { HoldsConversation = false };
        new RtviDialect(call, NullLogger.Instance).HandleMessage("""{"label":"rtvi-ai","type":"send-text","id":"1","data":{"content":"hi"}}""");
        Assert.Equal("error-response", Type(call.Last));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    public void Empty_text_is_refused(string text)
    {
        Receive("send-text", JsonSerializer.Serialize(new { content = text }), "1");
        Assert.Empty(_call.Texts);
        Assert.Equal("error-response", Type(_call.Last));
    }

    private static string Type(JsonElement message) => message.GetProperty("type").GetString()!;

    private void Receive(string type, string data, string? id = null)
    {
        string idMember = id is null ? "" : $"\"id\":\"{id}\",";
        _dialect.HandleMessage($"{{\"label\":\"rtvi-ai\",\"type\":\"{type}\",{idMember}\"data\":{data}}}");
    }
}
