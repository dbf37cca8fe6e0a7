using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using AgentGateway.Conversation.Ports;
using Microsoft.Extensions.AI;

namespace AgentGateway.Providers.Llm;

/// <summary>
/// Tells OpenTelemetry about each request to a language model, by its conventions for generative AI: a span and three histograms. Texts
/// are never told. Thread-safe.
/// </summary>
internal sealed class ObservedChatClient(IChatClient inner, string provider, string model, TimeProvider time) : DelegatingChatClient(inner)
{
    /// <summary>The name of the meter and of the source of spans.</summary>
    internal const string Name = "AgentGateway.Providers.Llm";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "gen_ai.client.operation.duration", "s", "Requests to language models", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] });

    private static readonly Histogram<double> FirstChunk = Meter.CreateHistogram(
        "gen_ai.client.operation.time_to_first_chunk", "s", "From the request to the first piece of the answer", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24] });

    private static readonly Histogram<long> Tokens = Meter.CreateHistogram(
        "gen_ai.client.token.usage", "{token}", "Tokens of requests and answers", null,
        new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144] });

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using Activity? span = Source.StartActivity($"chat {model}", ActivityKind.Client);
        span?.SetTag("gen_ai.operation.name", "chat").SetTag("gen_ai.provider.name", provider).SetTag("gen_ai.request.model", model);
        long started = time.GetTimestamp();
        bool first = true;
        string? error = "cancelled";
        UsageDetails? usage = null;
        await using IAsyncEnumerator<ChatResponseUpdate> updates =
            base.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            while (true)
            {
                try
                {
                    if (!await updates.MoveNextAsync())
                        break;
                }
                catch (Exception e)
                {
                    error = e is LlmException failure ? failure.Code : e is OperationCanceledException ? "cancelled" : e.GetType().Name;
                    throw;
                }

                ChatResponseUpdate update = updates.Current;
                if (first && update.Contents.Count > 0)
                {
                    first = false;
                    FirstChunk.Record(time.GetElapsedTime(started).TotalSeconds, Tags(null));
                }

                foreach (AIContent content in update.Contents)
                    usage = content is UsageContent used ? used.Details : usage;
                if (update.FinishReason is { } reason)
                    span?.SetTag("gen_ai.response.finish_reasons", new[] { reason.Value });
                yield return update;
            }

            error = null;
        }
        finally
        {
            // Also when the reader leaves in the middle: a barge-in.
            Duration.Record(time.GetElapsedTime(started).TotalSeconds, Tags(error));
            Count("input", usage?.InputTokenCount);
            Count("output", usage?.OutputTokenCount);
            span?.SetTag("gen_ai.usage.input_tokens", usage?.InputTokenCount).SetTag("gen_ai.usage.output_tokens", usage?.OutputTokenCount);
            if (error is not null)
            {
                span?.SetTag("error.type", error);
                if (error != "cancelled")
                    span?.SetStatus(ActivityStatusCode.Error);
            }
        }
    }

    /// <inheritdoc/>
    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    private void Count(string type, long? tokens)
    {
        if (tokens is not { } count)
            return;
        TagList tags = Tags(null);
        tags.Add("gen_ai.token.type", type);
        Tokens.Record(count, tags);
    }

    private TagList Tags(string? error)
    {
        TagList tags = [new("gen_ai.operation.name", "chat"), new("gen_ai.provider.name", provider), new("gen_ai.request.model", model)];
        if (error is not null)
            tags.Add("error.type", error);
        return tags;
    }
}
