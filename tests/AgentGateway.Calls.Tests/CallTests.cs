using System.Text.Json;
using AgentGateway.Calls.Tests.Support;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;
using AgentGateway.Net;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Rtc.Wire.Sdp;
using AgentGateway.Testing.Calls;
using AgentGateway.Testing.Conversation;
using Microsoft.Extensions.AI;

namespace AgentGateway.Calls.Tests;

/// <summary>Calls between a real caller and a node with scripted engines, over real sockets.</summary>
public sealed class CallTests
{
    [Fact]
    public async Task The_greeting_reaches_the_caller_as_sound()
    {
        await using var node = new Node();
        var ear = new Ear();

        await node.CallAsync(Node.Talker, new WebRtcCaller { OnAudio = (_, e) => ear.Hear(e) });

        await ear.Sound;
    }

    [Fact]
    public async Task Events_are_told_in_order_those_before_the_channel_opened_included()
    {
        await using var node = new Node();
        var ear = new Ear();
        (WebRtcCaller caller, _) = await node.CallAsync(
            Node.Talker, new WebRtcCaller { ChannelLabel = RecordingDialects.SilentLabel, OnAudio = (_, e) => ear.Hear(e) });

        // The greeting is heard before the client opens its channel for events.
        await ear.Sound;
        await caller.OpenChannelAsync("events");
        List<object> told = await node.Dialects.ReadUntilAsync(e => e is AgentSpeechStopped);

        ConversationEvent[] events = [.. told.Cast<ConversationEvent>()];
        Assert.Equal(AgentState.Initializing, Assert.IsType<AgentStateChanged>(events[0]).State);
        Assert.Equal(events.OrderBy(e => e.At), events);
        Assert.True(Array.FindIndex(events, e => e is ReplyStarted) < Array.FindIndex(events, e => e is SegmentQueued));
        Assert.True(Array.FindIndex(events, e => e is SegmentQueued) < Array.FindIndex(events, e => e is SegmentCompleted));
        Assert.Single(events.OfType<AgentSpeechStarted>());
    }

    [Fact]
    public async Task Typed_text_is_answered_and_messages_go_both_ways()
    {
        await using var node = new Node();
        (WebRtcCaller caller, _) = await node.CallAsync(Node.Talker);

        await caller.SendAsync("echo héllo");
        await caller.SendAsync("say Are you there?");

        Assert.Equal("héllo", await caller.Messages.ReadAsync().AsTask().WaitAsync(WebRtcCaller.Limit));
        List<object> told = await node.Dialects.ReadUntilAsync(e => e is SegmentCompleted { Text: "Yes." });
        Assert.Contains(told, e => e is UserTurnCommitted { Typed: true, Text: "Are you there?" });
    }

    [Fact]
    public async Task Keys_pressed_on_a_telephone_are_a_turn()
    {
        // A pause ends an entry, too, and on a busy machine there may be one: here only "#" ends it.
        await using var node = new Node(conversationTime: new ManualTimeProvider());
        (WebRtcCaller caller, _) = await node.CallAsync(Node.Talker);

        Assert.True(await caller.Connection.InvokeAsync((now, peer) => "407#".All(key => peer.SendDigit(now, key, TimeSpan.FromMilliseconds(60)))));

        List<object> told = await node.Dialects.ReadUntilAsync(e => e is UserTurnCommitted);
        Assert.Equal((true, "407"), told[^1] is UserTurnCommitted turn ? (turn.Typed, turn.Text) : default);
    }

    [Fact]
    public async Task A_caller_with_a_microphone_and_a_loudspeaker_of_their_own_is_heard_and_answered()
    {
        await using var node = new Node();
        var ear = new Ear();
        RtcAudioSection? heardIn = null;
        RtcAudioSection? loudspeaker = null;
        var caller = new WebRtcCaller
        {
            OnAudio = (_, e) =>
            {
                heardIn = e.Section;
                ear.Hear(e);
            },
        };
        await node.CallAsync(Node.Echo, caller, peer =>
        {
            peer.AudioSections[0].WantedDirection = SdpDirection.SendOnly;
            loudspeaker = peer.AddAudio(SdpDirection.ReceiveOnly);
        });

        caller.Packet = Voice.Encode(Voice.Create(0.1))[2];

        await ear.Sound;
        Assert.Same(loudspeaker, heardIn);
    }

    [Fact]
    public async Task A_call_listens_to_the_first_section_that_sends()
    {
        await using var node = new Node();
        var ear = new Ear();
        RtcAudioSection? second = null;
        (WebRtcCaller caller, Call call) = await node.CallAsync(
            Node.Echo, new WebRtcCaller { OnAudio = (_, e) => ear.Hear(e) }, peer => second = peer.AddAudio());
        byte[] packet = Voice.Encode(Voice.Create(0.1))[2];
        caller.Packet = packet;
        await ear.Sound;

        await caller.Connection.InvokeAsync((now, peer) => Enumerable.Range(0, 5).Count(i => peer.SendAudio(now, second!, packet, i * 960, false) == RtcSendResult.Ok));

        await Until.TrueAsync(() => call.DropCount(CallDropReason.OtherAudio) == 5, () => $"{call.DropCount(CallDropReason.OtherAudio)} dropped");
    }

    [Fact]
    public async Task A_flood_of_messages_costs_the_client_its_own_messages_only()
    {
        const int flood = 5000;
        await using var node = new Node();
        (WebRtcCaller caller, Call call) = await node.CallAsync(Node.Echo);
        caller.Packet = Voice.Encode(Voice.Create(0.1))[0];
        await caller.SendAsync("wait");
        await node.Dialects.AtGate;
        await Task.WhenAll(Enumerable.Range(0, flood).Select(i => caller.SendAsync($"{i}")));
        await Until.TrueAsync(
            () => call.DropCount(CallDropReason.MessageQueueFull) == flood - 1024,
            () => $"{call.DropCount(CallDropReason.MessageQueueFull)} dropped");
        caller.TakeArrivals();

        node.Dialects.Gate.Set();
        List<object> told = await node.Dialects.ReadUntilAsync(m => m is "1023");
        await caller.SendAsync("after");
        await node.Dialects.ReadUntilAsync(m => m is "after");

        // What was taken is the beginning, in order.
        Assert.Equal(["wait", .. Enumerable.Range(0, 1024).Select(i => $"{i}")], told);
        Assert.Equal(flood - 1024, call.DropCount(CallDropReason.MessageQueueFull));
        await Until.TrueAsync(() => caller.TakeArrivals().Received > 0, () => "no audio comes back any more");
    }

    [Fact]
    public async Task Messages_that_are_no_text_are_counted_and_dropped()
    {
        await using var node = new Node();
        (WebRtcCaller caller, Call call) = await node.CallAsync(Node.Echo);
        ushort other = await caller.OpenChannelAsync("other");
        await caller.SendAsync("first");

        await caller.SendAsync([1, 2, 3], isText: false);
        await caller.SendAsync([0x41, 0xC3, 0x28], isText: true);
        await caller.SendAsync("elsewhere", other);
        await caller.SendAsync("throw");
        await caller.SendAsync("last");

        Assert.Equal(["first", "last"], await node.Dialects.ReadUntilAsync(m => m is "last"));
        Assert.Equal(1, call.DropCount(CallDropReason.MessageBinary));
        Assert.Equal(1, call.DropCount(CallDropReason.MessageNotUtf8));
        await Until.TrueAsync(() => call.DropCount(CallDropReason.MessageOnOtherChannel) == 1, () => "the other channel's message is not counted");
        Assert.Contains(node.Log, l => l.StartsWith("Error: A message or event of call", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_message_above_the_limit_ends_the_call_and_the_log_says_why()
    {
        await using var node = new Node();
        var huge = new WebRtcCaller { RewriteAnswer = s => s.Replace("a=max-message-size:262144", "a=max-message-size:1000000", StringComparison.Ordinal) };
        (WebRtcCaller caller, _) = await node.CallAsync(Node.Echo, huge);
        (WebRtcCaller healthy, _) = await node.CallAsync(Node.Echo);

        Assert.Equal(DataSendResult.Ok, await caller.SendAsync(new byte[300_000], isText: true));

        Assert.Equal(RtcCloseReason.RemoteClose, await caller.Closed);
        await Until.TrueAsync(() => node.Manager.ActiveCalls == 1, () => "the call goes on");
        Assert.True(node.Log.Any(l => l.Contains("MessageTooLarge", StringComparison.Ordinal)), string.Join('\n', node.Log));
        await healthy.SendAsync("still here");
        await node.Dialects.ReadUntilAsync(m => m is "still here");
    }

    [Theory]
    [InlineData("channel")]
    [InlineData("delete")]
    [InlineData("goodbye")]
    public async Task Every_way_to_hang_up_ends_the_call(string way)
    {
        await using var node = new Node();
        (WebRtcCaller caller, Call call) = await node.CallAsync(Node.Talker);
        await caller.SendAsync("first");
        await node.Dialects.ReadUntilAsync(m => m is "first");

        if (way == "channel")
            caller.CloseChannel();
        else if (way == "delete")
            call.End(ConversationEndReason.CallerHungUp);
        else
            caller.Connection.Close();

        Assert.Equal(way == "goodbye" ? RtcCloseReason.LocalClose : RtcCloseReason.RemoteClose, await caller.Closed);
        List<object> told = await node.Dialects.ReadUntilAsync(e => e is ConversationEnded);
        Assert.Equal(ConversationEndReason.CallerHungUp, Assert.IsType<ConversationEnded>(told[^1]).Reason);
        await Until.TrueAsync(() => node.Manager.ActiveCalls == 0, () => "the call goes on");
        Assert.False(node.Manager.TryGet(call.CallId, out _));
        Assert.True(node.Codec.Encoder.IsDisposed);
    }

    [Fact]
    public async Task When_the_agent_ends_the_call_its_goodbye_is_heard_first()
    {
        var speech = TimeSpan.FromSeconds(1);
        await using var node = new Node(speech: speech);
        node.Chat.Reply(new FunctionCallContent("1", "hang_up", new Dictionary<string, object?>())).Reply("Goodbye.");
        node.Chat.Default = "Goodbye.";
        AgentDefinition agent = Node.Talker with { Greeting = null, Tools = [EndCall] };
        var ear = new Ear();
        (WebRtcCaller caller, _) = await node.CallAsync(agent, new WebRtcCaller { OnAudio = (_, e) => ear.Hear(e) });

        await caller.SendAsync("say That is all.");

        Assert.Equal(RtcCloseReason.RemoteClose, await caller.Closed);
        Assert.InRange(ear.Heard, speech - TimeSpan.FromMilliseconds(60), speech + TimeSpan.FromMilliseconds(200));
        Assert.Contains(node.Log, l => l.Contains("AgentEnded", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_conversation_that_fails_ends_its_call_alone()
    {
        await using var node = new Node();
        (WebRtcCaller broken, Call call) = await node.CallAsync(Node.Talker);
        (WebRtcCaller healthy, _) = await node.CallAsync(Node.Echo);
        node.Voice.Failure = new InvalidOperationException("a defect in an engine");

        broken.Packet = [0xF8, 0xFF, 0xFE];

        Assert.Equal(RtcCloseReason.RemoteClose, await broken.Closed);
        await Until.TrueAsync(() => !node.Manager.TryGet(call.CallId, out _), () => "the call goes on");
        Assert.Contains(node.Log, l => l.Contains("a defect in an engine", StringComparison.Ordinal));
        await healthy.SendAsync("still here");
        await node.Dialects.ReadUntilAsync(m => m is "still here");
    }

    [Fact]
    public async Task An_ended_call_logs_its_numbers_and_none_of_its_words()
    {
        await using var node = new Node();
        (WebRtcCaller caller, _) = await node.CallAsync(Node.Talker);
        caller.Packet = [0xF8, 0xFF, 0xFE];
        await Until.TrueAsync(async () => (await caller.GetStatisticsAsync()).Audio.PacketsSent >= 10, () => "nothing is sent");
        await caller.SendAsync("say Nobody else may know this.");
        await caller.SendAsync([1], isText: false);
        await node.Dialects.ReadUntilAsync(e => e is SegmentCompleted { Text: "Yes." });
        await Until.TrueAsync(() => caller.Received >= 10, () => "no audio");

        await caller.HangUpAsync();

        await Until.TrueAsync(() => node.Manager.ActiveCalls == 0, () => "the call goes on");
        string line = Assert.Single(node.Log, l => l.Contains(" ended after ", StringComparison.Ordinal));
        Assert.Contains("CallerHungUp (RemoteClose", line, StringComparison.Ordinal);
        Assert.Matches(@"received \d{2,}, lost 0, recovered 0, concealed \d+ ms", line);
        Assert.Matches(@"sent \d{2,}, lost there 0", line);
        Assert.Contains("call.MessageBinary 1", line, StringComparison.Ordinal);
        Assert.DoesNotContain(node.Log, l => l.Contains("Nobody", StringComparison.Ordinal) || l.Contains("Yes.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Messages_after_the_end_go_nowhere()
    {
        await using var node = new Node();
        (WebRtcCaller caller, Call call) = await node.CallAsync(Node.Echo);
        await caller.HangUpAsync();
        await Until.TrueAsync(() => node.Manager.ActiveCalls == 0, () => "the call goes on");

        call.Send("too late");
        call.End(ConversationEndReason.AgentEnded);

        Assert.Equal(0, call.DropCount(CallDropReason.MessageNotSent));
    }

    private static ToolDefinition EndCall { get; } = new()
    {
        Name = "hang_up",
        Description = "Ends the call.",
        Parameters = JsonDocument.Parse("""{"type":"object","properties":{}}""").RootElement,
        Binding = new ToolBinding { Builtin = "end_call" },
    };
}
