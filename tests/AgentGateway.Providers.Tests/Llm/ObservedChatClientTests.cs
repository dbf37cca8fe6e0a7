using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Llm;
using AgentGateway.Testing.Conversation;
using Microsoft.Extensions.AI;

namespace AgentGateway.Providers.Tests.Llm;

/// <summary>What OpenTelemetry is told of a request, and that the text is not in it.</summary>
public sealed class ObservedChatClientTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedChatClient _model;
    private readonly string _name = "model-" + Guid.NewGuid();
    private readonly MeterListener _meters = new();
    private readonly ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)> _measured = new();
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _activities;

    public ObservedChatClientTests()
    {
        _model = new ScriptedChatClient(_time);
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ObservedChatClient.Name)
                listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument.Name, value, tags));
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument.Name, value, tags));
        _meters.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ObservedChatClient.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.DisplayName.EndsWith(_name, StringComparison.Ordinal))
                    _spans.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(_activities);
    }

    public void Dispose()
    {
        _meters.Dispose();
        _activities.Dispose();
    }

    [Fact]
    public async Task A_request_is_a_span_with_its_model_and_tokens()
    {
        _model.Reply("secret words", new UsageContent(new UsageDetails { InputTokenCount = 120, OutputTokenCount = 7 }));
        using var client = new ObservedChatClient(_model, "openai", _name, _time);

        ChatResponse response = await client.GetResponseAsync("more secret words");

        Assert.Equal("secret words", response.Text);
        Activity span = Assert.Single(_spans);
        Assert.Equal(("chat " + _name, ActivityKind.Client), (span.DisplayName, span.Kind));
        Assert.Equal("chat", span.GetTagItem("gen_ai.operation.name"));
        Assert.Equal("openai", span.GetTagItem("gen_ai.provider.name"));
        Assert.Equal(120L, span.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.Equal(7L, span.GetTagItem("gen_ai.usage.output_tokens"));
        Assert.Null(span.GetTagItem("error.type"));
        Assert.Equal(
            ["gen_ai.client.operation.duration 0", "gen_ai.client.operation.time_to_first_chunk 0", "gen_ai.client.token.usage 120", "gen_ai.client.token.usage 7"],
            _measured.Select(m => $"{m.Name} {m.Value}").Order(StringComparer.Ordinal));
        Assert.DoesNotContain(_measured.SelectMany(m => m.Tags.Values).Concat(span.TagObjects.Select(t => t.Value)), value => value is string text && text.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failure_is_told_by_its_code()
    {
        _model.Reply(new LlmException(LlmException.Timeout, "late"));
        using var client = new ObservedChatClient(_model, "openai", _name, _time);

        await Assert.ThrowsAsync<LlmException>(() => client.GetResponseAsync("x"));

        Activity span = Assert.Single(_spans);
        Assert.Equal((LlmException.Timeout, ActivityStatusCode.Error), (span.GetTagItem("error.type"), span.Status));
        Assert.Equal(LlmException.Timeout, Assert.Single(_measured, m => m.Name == "gen_ai.client.operation.duration").Tags["error.type"]);
    }

    [Fact]
    public async Task A_reader_that_leaves_in_the_middle_cancelled_it()
    {
        _model.Reply("one", "two");
        using var client = new ObservedChatClient(_model, "openai", _name, _time);
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("x"))
        {
            if (update.Text == "one")
                break;
        }

        Activity span = Assert.Single(_spans);
        Assert.Equal(("cancelled", ActivityStatusCode.Unset), (span.GetTagItem("error.type"), span.Status));
        Assert.Equal(1, _model.Cancelled);
    }

    private void Keep(string instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var kept = new Dictionary<string, object?>(tags.ToArray());
        if (Equals(kept.GetValueOrDefault("gen_ai.request.model"), _name))
            _measured.Enqueue((instrument, value, kept));
    }
}
