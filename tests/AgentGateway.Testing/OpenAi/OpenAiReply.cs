using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentGateway.Testing.OpenAi;

/// <summary>What the fake endpoint answers to one request, as steps that are written and flushed one after the other.</summary>
public sealed record OpenAiReply
{
    public int Status { get; init; } = 200;

    public string ContentType { get; init; } = "text/event-stream";

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Waited for before the status line leaves.</summary>
    public Task? Gate { get; init; }

    /// <summary>Raw pieces of the body.</summary>
    public IReadOnlyList<string> Pieces { get; init; } = [];

    /// <summary>Waited for before the piece of this index leaves, or, past the last one, before the body ends; -1 for none.</summary>
    public int StallBefore { get; init; } = -1;

    /// <summary>Waited for at <see cref="StallBefore"/>.</summary>
    public Task? Stall { get; init; }

    /// <summary>Cuts the connection instead of ending the body.</summary>
    public bool Abort { get; init; }

    /// <summary>Repeats the last piece until the client goes away.</summary>
    public bool Endless { get; init; }

    /// <summary>A streamed answer, one chunk for each delta.</summary>
    public static OpenAiReply Text(params string[] deltas) => new()
    {
        Pieces = [Event(Role()), .. deltas.Select(delta => Event(Delta(new JsonObject { ["content"] = delta }))), Event(Finish("stop")), Event(Usage()), Done],
    };

    /// <summary>One call, its arguments cut into fragments as endpoints do.</summary>
    public static OpenAiReply ToolCall(string id, string name, params string[] argumentFragments) => ToolCalls((id, name, argumentFragments));

    /// <summary>Several calls at once.</summary>
    public static OpenAiReply ToolCalls(params (string Id, string Name, string[] ArgumentFragments)[] calls)
    {
        List<string> pieces = [Event(Role())];
        for (int index = 0; index < calls.Length; index++)
        {
            pieces.Add(Event(Call(index, calls[index].Id, calls[index].Name, "")));
            foreach (string fragment in calls[index].ArgumentFragments)
                pieces.Add(Event(Call(index, null, null, fragment)));
        }

        return new OpenAiReply { Pieces = [.. pieces, Event(Finish("tool_calls")), Event(Usage()), Done] };
    }

    /// <summary>An error as OpenAI words it.</summary>
    public static OpenAiReply Error(int status, string message = "no", TimeSpan? retryAfter = null) => new()
    {
        Status = status,
        ContentType = "application/json",
        Headers = retryAfter is { } after
            ? new Dictionary<string, string> { ["Retry-After"] = ((int)after.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture) }
            : new Dictionary<string, string>(),
        Pieces = [new JsonObject { ["error"] = new JsonObject { ["message"] = message, ["type"] = "error" } }.ToJsonString()],
    };

    /// <summary>The body ends, or the connection breaks, in the middle of the answer.</summary>
    public static OpenAiReply Truncated(bool abort, params string[] deltas)
    {
        OpenAiReply whole = Text(deltas);
        return whole with { Pieces = [.. whole.Pieces.Take(1 + deltas.Length)], Abort = abort };
    }

    /// <summary>Text without end.</summary>
    public static OpenAiReply WithoutEnd(string delta) =>
        new() { Pieces = [Event(Role()), Event(Delta(new JsonObject { ["content"] = delta }))], Endless = true };

    /// <summary>Server-sent events that hold no JSON.</summary>
    public static OpenAiReply Garbage() => new() { Pieces = ["data: {\"choices\": [ nonsense\n\n", Done] };

    /// <summary>A web page where an endpoint should be.</summary>
    public static OpenAiReply WebPage() => new() { ContentType = "text/html", Pieces = ["<html><body>Welcome</body></html>"] };

    /// <summary>One server-sent event.</summary>
    public static string Event(JsonNode data) => $"data: {data.ToJsonString()}\n\n";

    /// <summary>The end marker.</summary>
    public const string Done = "data: [DONE]\n\n";

    /// <summary>A chunk with one choice.</summary>
    public static JsonObject Delta(JsonObject delta) => Chunk(new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = null }));

    /// <summary>A fragment of a tool call.</summary>
    public static JsonObject Call(int index, string? id, string? name, string arguments)
    {
        var call = new JsonObject { ["index"] = index, ["function"] = new JsonObject { ["arguments"] = arguments } };
        if (id is not null)
        {
            call["id"] = id;
            call["type"] = "function";
        }

        if (name is not null)
            call["function"]!["name"] = name;
        return Delta(new JsonObject { ["tool_calls"] = new JsonArray(call) });
    }

    /// <summary>The last chunk with a choice.</summary>
    public static JsonObject Finish(string reason) =>
        Chunk(new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = new JsonObject(), ["finish_reason"] = reason }));

    private static JsonObject Role() => Delta(new JsonObject { ["role"] = "assistant", ["content"] = "" });

    private static JsonObject Usage()
    {
        JsonObject chunk = Chunk([]);
        chunk["usage"] = new JsonObject { ["prompt_tokens"] = 11, ["completion_tokens"] = 7, ["total_tokens"] = 18 };
        return chunk;
    }

    private static JsonObject Chunk(JsonArray choices) => new()
    {
        ["id"] = "chatcmpl-1", ["object"] = "chat.completion.chunk", ["created"] = 1_790_000_000, ["model"] = "fake-model", ["choices"] = choices,
    };
}

/// <summary>A request as the fake endpoint saw it.</summary>
/// <param name="Path">Path of the URL.</param>
/// <param name="Authorization">The header; null when there was none.</param>
/// <param name="Body">JSON of the body.</param>
/// <param name="Aborted">Completes when the client went away before the answer was over.</param>
public sealed record OpenAiRequest(string Path, string? Authorization, JsonElement Body, Task Aborted);
