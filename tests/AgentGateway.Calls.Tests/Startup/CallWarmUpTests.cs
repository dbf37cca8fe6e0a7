using System.Diagnostics.Metrics;
using AgentGateway.Audio;
using AgentGateway.Calls.Startup;
using AgentGateway.Calls.Tests.Support;
using AgentGateway.Conversation.Events;

namespace AgentGateway.Calls.Tests.Startup;

public sealed class CallWarmUpTests
{
    private static readonly CallWarmUpOptions Patient = new() { Message = "hello", Limit = TimeSpan.FromMinutes(1) };

    [Fact]
    public async Task Its_calls_are_complete_and_nothing_of_them_stays()
    {
        var codec = new CountingCodec();
        var dialects = new Answering();

        CallWarmUpResult result = await CallWarmUp.RunAsync(Patient with { Calls = 2 }, codec, dialects, TimeProvider.System, CancellationToken.None);

        Assert.Null(result.Problem);
        Assert.Equal(2, result.Calls);
        Assert.Equal(["hello", "hello"], dialects.Messages);

        // The caller's and the leg's of each call: sound went both ways.
        Assert.Equal(4, codec.Encoders.Count);
        Assert.All(codec.Encoders, e => Assert.True(e.IsDisposed && e.Encoded > 0));
    }

    [Fact]
    public async Task A_call_needs_no_data_channel()
    {
        var dialects = new Answering();

        CallWarmUpResult result = await CallWarmUp.RunAsync(
            Patient with { Calls = 1, Message = null }, LibOpusCodec.Instance, dialects, TimeProvider.System, CancellationToken.None);

        Assert.Equal((1, null), (result.Calls, result.Problem));
        Assert.Empty(dialects.Messages);
    }

    [Fact]
    public async Task An_agent_is_called_until_its_greeting_is_heard_and_its_conversation_ends()
    {
        await using var node = new Node();

        CallWarmUpResult result = await CallWarmUp.RunAsync(
            Patient with { Agent = Node.Talker, Conversations = node, Calls = 1 }, LibOpusCodec.Instance, new Answering(), TimeProvider.System, CancellationToken.None);

        Assert.Equal((1, null), (result.Calls, result.Problem));
        await Assert.Single(node.Sessions).Events.Completion.WaitAsync(Testing.Calls.WebRtcCaller.Limit);
        Assert.Equal(0, node.Transport.ConnectionCount);
    }

    [Fact]
    public async Task An_agent_whose_conversation_cannot_be_made_is_told_and_prevents_nothing()
    {
        CallWarmUpResult result = await CallWarmUp.RunAsync(
            Patient with { Agent = Node.Talker }, LibOpusCodec.Instance, new Answering(), TimeProvider.System, CancellationToken.None);

        Assert.Equal((0, "nobody makes conversations for talker"), (result.Calls, result.Problem));
    }

    [Fact]
    public async Task Nobody_who_counts_the_nodes_calls_sees_them()
    {
        List<string> seen = [];
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                // Other tests of this process have calls of their own, which have other agents.
                if (instrument.Meter.Name == CallManager.MeterName)
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) =>
        {
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                if (tag is { Key: "agent", Value: "startup" })
                    seen.Add(instrument.Name);
            }
        });
        listener.Start();

        CallWarmUpResult result = await CallWarmUp.RunAsync(
            Patient with { Calls = 1 }, LibOpusCodec.Instance, new Answering(), TimeProvider.System, CancellationToken.None);

        Assert.Equal(1, result.Calls);
        Assert.Empty(seen);
    }

    [Fact]
    public async Task What_takes_too_long_is_given_up_and_nothing_of_it_stays()
    {
        var codec = new CountingCodec();

        CallWarmUpResult result = await CallWarmUp.RunAsync(
            Patient with { Limit = TimeSpan.FromMilliseconds(300) }, codec, new Answering { IsMute = true }, TimeProvider.System, CancellationToken.None);

        Assert.Equal((0, "it took too long"), (result.Calls, result.Problem));
        Assert.All(codec.Encoders, e => Assert.True(e.IsDisposed));
    }

    [Fact]
    public async Task A_defect_is_told_and_prevents_nothing()
    {
        CallWarmUpResult result = await CallWarmUp.RunAsync(Patient, new NoCodec(), new Answering(), TimeProvider.System, CancellationToken.None);

        Assert.Equal((0, "no codec today"), (result.Calls, result.Problem));
    }

    [Fact]
    public async Task It_can_be_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        var dialects = new Answering { IsMute = true, Asked = cancellation.Cancel };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => CallWarmUp.RunAsync(Patient, LibOpusCodec.Instance, dialects, TimeProvider.System, cancellation.Token));
    }

    /// <summary>Answers every message, unless it is mute.</summary>
    private sealed class Answering : ICallDialectFactory
    {
        internal List<string> Messages { get; } = [];

        internal bool IsMute { get; init; }

        internal Action? Asked { get; init; }

        public ICallDialect? Create(string channelLabel, ICallControl call) => new Dialect(this, call);

        private sealed class Dialect(Answering owner, ICallControl call) : ICallDialect
        {
            public void HandleMessage(string message)
            {
                owner.Messages.Add(message);
                owner.Asked?.Invoke();
                if (!owner.IsMute)
                    call.Send("good day");
            }

            public void HandleEvent(ConversationEvent e)
            {
            }
        }
    }

    private sealed class NoCodec : IOpusCodec
    {
        public IOpusEncoder CreateEncoder(OpusEncoderOptions options) => throw new InvalidOperationException("no codec today");

        public IOpusDecoder CreateDecoder() => throw new InvalidOperationException("no codec today");
    }
}
