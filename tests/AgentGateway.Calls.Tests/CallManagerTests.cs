using System.Diagnostics.Metrics;
using AgentGateway.Calls.Tests.Support;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Ports;
using AgentGateway.Net;
using AgentGateway.Rtc.Peer;
using AgentGateway.Testing.Calls;

namespace AgentGateway.Calls.Tests;

public sealed class CallManagerTests
{
    [Fact]
    public async Task Ids_are_long_unique_and_fit_into_a_url()
    {
        await using var node = new Node();
        HashSet<string> ids = [];
        for (int i = 0; i < 50; i++)
            ids.Add((await node.Manager.StartAsync(Node.Echo, await node.OfferAsync(), CancellationToken.None)).Call!.CallId);

        Assert.Equal(50, ids.Count);
        Assert.All(ids, id => Assert.Matches("^[A-Za-z0-9_-]{22}$", id));

        // No place of the id is always the same: nothing of it can be guessed.
        Assert.All(Enumerable.Range(0, 22), place => Assert.True(ids.Select(id => id[place]).Distinct().Count() > 10));
    }

    [Fact]
    public async Task Beyond_the_limit_an_offer_is_overload_and_nothing_of_it_stays()
    {
        await using var node = new Node(maxCalls: 1);
        (WebRtcCaller caller, _) = await node.CallAsync(Node.Talker);

        CallStartResult refused = await node.Manager.StartAsync(Node.Talker, await node.OfferAsync(), CancellationToken.None);

        Assert.True(refused.Overloaded);
        Assert.Null(refused.Call);
        Assert.Single(node.Sessions);
        Assert.Single(node.Codec.Encoders);
        await caller.HangUpAsync();
        await Until.TrueAsync(() => node.Manager.ActiveCalls == 0, () => "the call goes on");
        await node.CallAsync(Node.Talker);
    }

    [Fact]
    public async Task Offers_at_the_same_time_cannot_exceed_the_limit()
    {
        await using var node = new Node(maxCalls: 5);
        string[] offers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => node.OfferAsync()));

        CallStartResult[] results = await Task.WhenAll(offers.Select(o => Task.Run(() => node.Manager.StartAsync(Node.Talker, o, CancellationToken.None))));

        Assert.Equal(5, results.Count(r => r.Call is not null));
        Assert.Equal(35, results.Count(r => r.Overloaded));
        Assert.Equal(5, node.Codec.Encoders.Count(e => !e.IsDisposed));
        foreach (Call call in results.Where(r => r.Call is not null).Select(r => r.Call!))
            call.End(ConversationEndReason.CallerHungUp);
        await Until.TrueAsync(() => node.Manager.ActiveCalls == 0, () => "calls go on");
        Assert.True(node.Transport.HasRoom);
        Assert.DoesNotContain(node.Codec.Encoders, e => !e.IsDisposed);
    }

    [Fact]
    public async Task A_bad_offer_is_refused_and_leaves_nothing()
    {
        await using var node = new Node(maxCalls: 1);

        for (int i = 0; i < 3; i++)
        {
            CallStartResult result = await node.Manager.StartAsync(Node.Echo, "v=0 nonsense", CancellationToken.None);
            Assert.NotEqual(SdpResultError.None, result.Refusal!.Error);
        }

        Assert.Equal(0, node.Manager.ActiveCalls);
        Assert.DoesNotContain(node.Codec.Encoders, e => !e.IsDisposed);
        await node.CallAsync(Node.Echo);
    }

    [Fact]
    public async Task A_missing_engine_is_told_and_leaves_nothing()
    {
        await using var node = new Node(maxCalls: 1);
        node.EnginesMissing = new SpeechProviderException("no model");

        await Assert.ThrowsAsync<SpeechProviderException>(() => node.Manager.StartAsync(Node.Talker, "", CancellationToken.None));

        node.EnginesMissing = null;
        await node.CallAsync(Node.Talker);
    }

    [Fact]
    public async Task A_caller_who_never_connects_is_given_up()
    {
        await using var node = new Node(connectTimeout: TimeSpan.FromMilliseconds(100));
        await node.Manager.StartAsync(Node.Talker, await node.OfferAsync(), CancellationToken.None);

        await Until.TrueAsync(() => node.Manager.ActiveCalls == 0, () => "the call goes on");

        Assert.Contains(node.Log, l => l.StartsWith("Warning: Call", StringComparison.Ordinal) && l.Contains("never connected: ConnectTimeout", StringComparison.Ordinal));
        Assert.True(node.Codec.Encoder.IsDisposed);
    }

    [Fact]
    public async Task A_call_ended_at_once_ends()
    {
        await using var node = new Node();
        for (int i = 0; i < 20; i++)
        {
            CallStartResult result = await node.Manager.StartAsync(i % 2 == 0 ? Node.Talker : Node.Echo, await node.OfferAsync(), CancellationToken.None);
            result.Call!.End(ConversationEndReason.CallerHungUp);
        }

        await Until.TrueAsync(() => node.Manager.ActiveCalls == 0, () => $"{node.Manager.ActiveCalls} calls go on");
    }

    [Fact]
    public async Task Stopping_ends_every_call_and_takes_no_more()
    {
        await using var node = new Node();
        (WebRtcCaller talking, _) = await node.CallAsync(Node.Talker);
        (WebRtcCaller echoing, _) = await node.CallAsync(Node.Echo);
        string late = await node.OfferAsync();
        Task<CallStartResult>[] racing = [.. Enumerable.Range(0, 10).Select(async _ => await node.Manager.StartAsync(Node.Talker, late, CancellationToken.None))];

        await node.Manager.DisposeAsync();

        Assert.Equal(0, node.Manager.ActiveCalls);
        Assert.Equal(RtcCloseReason.RemoteClose, await talking.Closed);
        Assert.Equal(RtcCloseReason.RemoteClose, await echoing.Closed);
        await Task.WhenAll(racing);
        Assert.True((await node.Manager.StartAsync(Node.Echo, late, CancellationToken.None)).Overloaded);
        await Until.TrueAsync(() => node.Transport.ConnectionCount == 0, () => "connections stay");
        Assert.Equal(0, node.Manager.ActiveCalls);
        Assert.DoesNotContain(node.Codec.Encoders, e => !e.IsDisposed);
    }

    [Fact]
    public async Task The_meter_tells_of_calls_their_packets_and_their_drops()
    {
        var measured = new System.Collections.Concurrent.ConcurrentDictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == CallManager.MeterName)
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => measured.AddOrUpdate(Key(i, tags), value, (_, sum) => sum + value));
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => measured.AddOrUpdate(Key(i, tags), value, (_, sum) => sum + value));
        listener.Start();
        await using var node = new Node();
        (WebRtcCaller caller, _) = await node.CallAsync(Node.Echo with { Name = "metered" });
        caller.Packet = [0xF8, 0xFF, 0xFE];
        for (long sent = 0; sent < 5; sent = (await caller.GetStatisticsAsync()).Audio.PacketsSent)
            await Task.Yield();
        await caller.SendAsync([1], isText: false);
        await caller.SendAsync("last");
        await node.Dialects.ReadUntilAsync(m => m is "last");
        await caller.HangUpAsync();
        await Until.TrueAsync(() => node.Manager.ActiveCalls == 0, () => "the call goes on");

        // Other tests run beside this one, so the values are lower bounds.
        Assert.Equal(1, measured["agentgateway.calls.started metered"]);
        Assert.True(measured["agentgateway.calls.packets.received "] >= 1);
        Assert.True(measured["agentgateway.calls.packets.sent "] >= 1);
        Assert.True(measured["agentgateway.calls.duration CallerHungUp"] > 0);
        Assert.True(measured["agentgateway.calls.dropped call.MessageBinary"] >= 1);

        static string Key(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            $"{instrument.Name} {(tags.Length > 0 ? tags[0].Value : "")}";
    }
}
