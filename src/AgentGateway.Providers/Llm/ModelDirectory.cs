using System.Net.Http.Json;
using System.Text.Json;

namespace AgentGateway.Providers.Llm;

/// <summary>Asks servers which models they have, and remembers the answer for a while; one question at a time per server. Thread-safe.</summary>
internal sealed class ModelDirectory(HttpClient http, TimeProvider time, TimeSpan lifetime) : IDisposable
{
    private const int MaxAnswerBytes = 1024 * 1024;
    private static readonly TimeSpan WarmFor = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan WarmLimit = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, long> _warmed = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<string, (long At, IReadOnlyList<string>? Models)> _known = new(StringComparer.Ordinal);

    /// <summary>Models of an Ollama that can chat; null when none answered in time.</summary>
    public ValueTask<IReadOnlyList<string>?> OllamaAsync(Uri root, TimeSpan limit, CancellationToken cancellationToken) =>
        GetAsync(new Uri(root, "/api/tags"), null, "models", "name", limit, cancellationToken);

    /// <summary>Models of an OpenAI-compatible endpoint; null when it did not answer in time.</summary>
    public ValueTask<IReadOnlyList<string>?> OpenAiAsync(Uri baseUrl, string? key, TimeSpan limit, CancellationToken cancellationToken) =>
        GetAsync(new Uri(baseUrl.AbsoluteUri.TrimEnd('/') + "/models"), key, "data", "id", limit, cancellationToken);

    /// <summary>
    /// Opens the connection to an endpoint ahead of the first turn, so that no caller waits for name, handshake and certificate. Does not wait; at
    /// most once in four minutes an endpoint, since the connection is kept that long.
    /// </summary>
    public void Warm(Uri baseUrl, string? key)
    {
        lock (_warmed)
        {
            if (_warmed.TryGetValue(baseUrl.Authority, out long at) && time.GetElapsedTime(at) < WarmFor)
                return;
        }

        Warming = AskAsync(new Uri(baseUrl.AbsoluteUri.TrimEnd('/') + "/models"), key, "data", "id", WarmLimit, CancellationToken.None);
    }

    /// <summary>The last warming, for tests.</summary>
    internal Task Warming { get; private set; } = Task.CompletedTask;

    public void Dispose() => _gate.Dispose();

    private async ValueTask<IReadOnlyList<string>?> GetAsync(
        Uri url, string? key, string list, string name, TimeSpan limit, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_known.TryGetValue(url.AbsoluteUri, out (long At, IReadOnlyList<string>? Models) known) && time.GetElapsedTime(known.At) < lifetime)
                return known.Models;
            IReadOnlyList<string>? models = await AskAsync(url, key, list, name, limit, cancellationToken).ConfigureAwait(false);
            _known[url.AbsoluteUri] = (time.GetTimestamp(), models);
            return models;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<IReadOnlyList<string>?> AskAsync(
        Uri url, string? key, string list, string name, TimeSpan limit, CancellationToken cancellationToken)
    {
        lock (_warmed)
            _warmed[url.Authority] = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            if (key is not null)
                request.Headers.Authorization = new("Bearer", key);
            using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                return null;
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, linked.Token).ConfigureAwait(false);
            JsonElement answer = await response.Content.ReadFromJsonAsync(LlmJson.Default.JsonElement, linked.Token).ConfigureAwait(false);
            return answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty(list, out JsonElement items) && items.ValueKind == JsonValueKind.Array
                ? [.. Names(items, name)]
                : null;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is HttpRequestException or OperationCanceledException or JsonException or IOException or ObjectDisposedException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Names(JsonElement items, string name) => items.EnumerateArray()
        .Where(item => item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String)
        .Select(item => item.GetProperty(name).GetString()!)
        .Where(model => !model.Contains("embed", StringComparison.OrdinalIgnoreCase) && !model.Contains("rerank", StringComparison.OrdinalIgnoreCase));
}
