using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Tools;

namespace AgentGateway.Providers.Tools;

/// <summary>
/// POSTs a call's arguments as JSON and returns the JSON answer. The URL comes from the operator's file alone (nothing of it is the model's or
/// the caller's), redirects are not followed, and answers are bounded; so a tool can reach private addresses, but only those its file names.
/// </summary>
internal sealed class HttpToolFunction(AgentDefinition agent, ToolDefinition definition, HttpClient http) : AgentFunction(definition)
{
    private const int MaxAnswerBytes = 64 * 1024;

    protected override async ValueTask<ToolResult> RunAsync(JsonElement arguments, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Definition.Binding.Http)
        {
            Content = new StringContent(arguments.GetRawText(), Encoding.UTF8, "application/json"),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.TryAddWithoutValidation("X-AgentGateway-Agent", agent.Name);
        request.Headers.TryAddWithoutValidation("X-AgentGateway-Tool", Definition.Name);
        try
        {
            using HttpResponseMessage response =
                await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                return ToolResult.Error("http_error", string.Create(CultureInfo.InvariantCulture, $"The service refused with status {(int)response.StatusCode}."));
            byte[]? body = await ReadAsync(response.Content, cancellationToken).ConfigureAwait(false);
            if (body is null)
                return ToolResult.Error("result_too_large", "The service's answer is too long.");
            if (body.Length == 0)
                return ToolResult.Ok(ToolArguments.ToJson([new("ok", true)]));
            using JsonDocument document = JsonDocument.Parse(body);
            return ToolResult.Ok(document.RootElement.Clone());
        }
        catch (JsonException)
        {
            return ToolResult.Error("bad_answer", "The service's answer is not JSON.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return ToolResult.Error("unreachable", "The service can not be reached.");
        }
    }

    /// <summary>The body; null when it is longer than the bound, whatever its header says.</summary>
    private static async Task<byte[]?> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[MaxAnswerBytes + 1];
        using Stream stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        int length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return length > MaxAnswerBytes ? null : buffer[..length];
    }
}
