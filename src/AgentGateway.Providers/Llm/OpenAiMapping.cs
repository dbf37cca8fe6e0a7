using System.Text.Json;
using AgentGateway.Conversation.Tools;
using Microsoft.Extensions.AI;
using OpenAI.Chat;
using ChatFinishReason = Microsoft.Extensions.AI.ChatFinishReason;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace AgentGateway.Providers.Llm;

/// <summary>Between the abstractions' types and those of the OpenAI SDK.</summary>
internal static class OpenAiMapping
{
    /// <summary>
    /// The history as the endpoint wants it. A call without its result, or a result without its call, is left out: a turn that was interrupted
    /// leaves such, and endpoints refuse the whole request because of one.
    /// </summary>
    public static IReadOnlyList<OpenAI.Chat.ChatMessage> ToMessages(IEnumerable<ChatMessage> messages)
    {
        ChatMessage[] history = [.. messages];
        HashSet<string> called = [.. Contents<FunctionCallContent>(history).Select(call => call.CallId)];
        called.IntersectWith(Contents<FunctionResultContent>(history).Select(result => result.CallId));
        List<OpenAI.Chat.ChatMessage> mapped = [];
        foreach (ChatMessage message in history)
            mapped.AddRange(ToMessages(message, called));
        return mapped;
    }

    public static ChatCompletionOptions ToOptions(ChatOptions? options, bool isOpenAi)
    {
        var mapped = new ChatCompletionOptions();
        if (options is null)
            return mapped;
        mapped.Temperature = options.Temperature;
        mapped.TopP = options.TopP;
        foreach (string stop in options.StopSequences ?? [])
            mapped.StopSequences.Add(stop);
        if (options.MaxOutputTokens is { } tokens)
            SetMaxTokens(mapped, tokens, isOpenAi);
        foreach (AIFunctionDeclaration tool in options.Tools?.OfType<AIFunctionDeclaration>() ?? [])
            mapped.Tools.Add(ChatTool.CreateFunctionTool(tool.Name, tool.Description, BinaryData.FromString(tool.JsonSchema.GetRawText())));
        if (mapped.Tools.Count > 0)
        {
            mapped.ToolChoice = options.ToolMode switch
            {
                NoneChatToolMode => ChatToolChoice.CreateNoneChoice(),
                RequiredChatToolMode { RequiredFunctionName: { } name } => ChatToolChoice.CreateFunctionChoice(name),
                RequiredChatToolMode => ChatToolChoice.CreateRequiredChoice(),
                _ => null,
            };
            if (options.AllowMultipleToolCalls is { } parallel)
                mapped.AllowParallelToolCalls = parallel;
        }

        return mapped;
    }

    public static ChatResponseUpdate ToUpdate(StreamingChatCompletionUpdate chunk)
    {
        var update = new ChatResponseUpdate
        {
            Role = ChatRole.Assistant,
            ResponseId = chunk.CompletionId,
            MessageId = chunk.CompletionId,
            ModelId = chunk.Model,
            CreatedAt = chunk.CreatedAt,
        };
        foreach (ChatMessageContentPart part in chunk.ContentUpdate)
        {
            if (part.Text is { Length: > 0 } text)
                update.Contents.Add(new TextContent(text));
        }

        if (chunk.RefusalUpdate is { Length: > 0 } refusal)
            update.Contents.Add(new TextContent(refusal));
        if (chunk.Usage is { } usage)
        {
            update.Contents.Add(new UsageContent(new UsageDetails
            {
                InputTokenCount = usage.InputTokenCount,
                OutputTokenCount = usage.OutputTokenCount,
                TotalTokenCount = usage.TotalTokenCount,
            }));
        }

        return update;
    }

    public static ChatFinishReason ToFinishReason(OpenAI.Chat.ChatFinishReason reason, bool hasCalls) => reason switch
    {
        OpenAI.Chat.ChatFinishReason.Length => ChatFinishReason.Length,
        OpenAI.Chat.ChatFinishReason.ContentFilter => ChatFinishReason.ContentFilter,
        _ => hasCalls ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop,
    };

    private static IEnumerable<OpenAI.Chat.ChatMessage> ToMessages(ChatMessage message, HashSet<string> paired)
    {
        string text = message.Text;
        if (message.Role == ChatRole.System)
        {
            yield return new SystemChatMessage(text);
        }
        else if (message.Role == ChatRole.Tool)
        {
            foreach (FunctionResultContent result in message.Contents.OfType<FunctionResultContent>().Where(result => paired.Contains(result.CallId)))
                yield return new ToolChatMessage(result.CallId, ToText(result.Result));
        }
        else if (message.Role == ChatRole.Assistant)
        {
            ChatToolCall[] calls =
            [
                .. message.Contents.OfType<FunctionCallContent>().Where(call => paired.Contains(call.CallId)).Select(call =>
                    ChatToolCall.CreateFunctionToolCall(call.CallId, call.Name, BinaryData.FromString(ToolArguments.ToJson(call.Arguments).GetRawText()))),
            ];
            if (calls.Length > 0)
            {
                var assistant = new AssistantChatMessage(calls);
                if (text.Length > 0)
                    assistant.Content.Add(ChatMessageContentPart.CreateTextPart(text));
                yield return assistant;
            }
            else if (text.Length > 0)
            {
                yield return new AssistantChatMessage(text);
            }
        }
        else if (text.Length > 0)
        {
            yield return new UserChatMessage(text);
        }
    }

    private static string ToText(object? result) => result switch
    {
        null => "null",
        string text => text,
        JsonElement json => json.GetRawText(),
        _ => ToolArguments.ToJson([new("result", result)]).GetRawText(),
    };

    private static void SetMaxTokens(ChatCompletionOptions options, int tokens, bool isOpenAi)
    {
        if (isOpenAi)
        {
            options.MaxOutputTokenCount = tokens;
            return;
        }

        // The SDK writes max_completion_tokens, which only OpenAI's own models ask for; other servers know max_tokens and ignore the rest.
#pragma warning disable SCME0001 // The patch is the SDK's only way to write a field of another name.
        options.Patch.Set("$.max_tokens"u8, tokens);
#pragma warning restore SCME0001
    }

    private static IEnumerable<T> Contents<T>(IEnumerable<ChatMessage> messages)
        where T : AIContent => messages.SelectMany(message => message.Contents.OfType<T>());
}
