namespace AgentGateway.Providers.Llm;

/// <summary>An OpenAI-compatible endpoint and one of its models.</summary>
/// <param name="BaseUrl">Base URL, such as https://api.openai.com/v1 or http://localhost:11434/v1.</param>
/// <param name="Model">The model's name as the endpoint knows it.</param>
/// <param name="ApiKey">The key; null for servers that want none.</param>
public sealed record LlmEndpoint(Uri BaseUrl, string Model, string? ApiKey)
{
    /// <summary>Without the key: it must not reach a log.</summary>
    public override string ToString() => $"{Model} at {BaseUrl}";
}
