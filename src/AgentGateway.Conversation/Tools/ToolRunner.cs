using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Conversation.Tools;

/// <summary>Runs one call within its bounds; whatever happens becomes a result. Only the turn's cancellation throws.</summary>
internal sealed partial class ToolRunner(ToolLoopOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>The arguments as JSON text; "{}" when the model wrote something that is no object.</summary>
    public static string ArgumentsJson(FunctionCallContent call) =>
        call.Exception is null ? ToolArguments.ToJson(call.Arguments).GetRawText() : "{}";

    public async Task<ToolResult> RunAsync(
        FunctionCallContent call, string argumentsJson, AIFunction? function, int index, CancellationToken cancellationToken)
    {
        ToolResult result = await RunBoundedAsync(call, argumentsJson, function, index, cancellationToken).ConfigureAwait(false);
        if (result.Failed)
        {
            // The name of an unknown tool is the model's text; a known one is the operator's.
            string code = result.Json.ValueKind == JsonValueKind.Object && result.Json.TryGetProperty("error", out JsonElement error) ? error.ToString() : "error";
            LogFailed(logger, function is null ? "(unknown)" : function.Name, code);
        }

        return result;
    }

    private async Task<ToolResult> RunBoundedAsync(
        FunctionCallContent call, string argumentsJson, AIFunction? function, int index, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (index >= options.MaxParallelCalls)
            return ToolResult.Error("too_many_calls", $"At most {options.MaxParallelCalls} tools can be called at once.");
        if (function is null)
            return ToolResult.Error("unknown_tool", "There is no tool of this name.");
        if (call.Exception is not null)
            return ToolResult.Error("invalid_arguments", "The arguments are not a JSON object.");
        if (Encoding.UTF8.GetByteCount(argumentsJson) > options.MaxArgumentBytes)
            return ToolResult.Error("invalid_arguments", $"The arguments are longer than {options.MaxArgumentBytes} bytes.");

        ToolResult result = await InvokeAsync(function, call.Arguments, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetByteCount(JsonSerializer.Serialize(result.Json)) > options.MaxResultBytes
            ? ToolResult.Error("result_too_large", $"The tool's result is longer than {options.MaxResultBytes} bytes.")
            : result;
    }

    private async Task<ToolResult> InvokeAsync(AIFunction function, IDictionary<string, object?>? arguments, CancellationToken turn)
    {
        Agents.ToolDefinition? definition = (function as AgentFunction)?.Definition;
        TimeSpan limit = definition?.Timeout ?? options.DefaultTimeout;
        using var deadline = new CancellationTokenSource(limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(turn, deadline.Token);
        try
        {
            // WaitAsync: a tool that ignores its token must not hold the caller in silence.
            object? value = await function.InvokeAsync(new AIFunctionArguments(arguments), linked.Token)
                .AsTask().WaitAsync(linked.Token).ConfigureAwait(false);
            return value as ToolResult ?? ToolResult.Ok(ToElement(value));
        }
        catch (OperationCanceledException) when (turn.IsCancellationRequested)
        {
            throw new OperationCanceledException(turn);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return ToolResult.Error("timeout", definition?.OnTimeout ?? "The tool did not answer in time.");
        }
        catch (Exception e)
        {
            LogThrew(logger, function.Name, e);

            // The message of a foreign exception may hold an address or a secret, and the model would read it aloud.
            return ToolResult.Error("tool_failed", "The tool failed.");
        }
    }

    [LoggerMessage(5210, LogLevel.Information, "The tool {Tool} ended with the error {Code}")]
    private static partial void LogFailed(ILogger logger, string tool, string code);

    [LoggerMessage(5211, LogLevel.Warning, "The tool {Tool} threw")]
    private static partial void LogThrew(ILogger logger, string tool, Exception exception);

    private static JsonElement ToElement(object? value)
    {
        if (value is JsonElement element)
            return element;
        return ToolArguments.ToJson([new("result", value)]);
    }
}
