using AgentGateway.Providers.Llm;

namespace AgentGateway.Host.Configuration;

/// <summary>Configuration section "Llm": the operator's language models and keys.</summary>
public sealed class LanguageModelOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Llm";

    /// <summary>Base URL of an OpenAI-compatible endpoint; empty for OPENAI_BASE_URL.</summary>
    public string? BaseUrl { get; set; }

    /// <summary>Its key; empty for OPENAI_API_KEY.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The model of agents that name none; empty for OPENAI_MODEL.</summary>
    public string? Model { get; set; }

    /// <summary>Where an Ollama would listen; empty for OLLAMA_HOST or localhost.</summary>
    public string? OllamaUrl { get; set; }

    /// <summary>The Ollama model of agents that name none; empty for the first that it lists.</summary>
    public string? OllamaModel { get; set; }

    internal IEnumerable<string> Validate()
    {
        foreach ((string key, string? value) in new[] { ("BaseUrl", BaseUrl), ("OllamaUrl", OllamaUrl) })
        {
            if (!string.IsNullOrEmpty(value) && !(Uri.TryCreate(value, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https"))
                yield return $"{Section}:{key} is '{value}'; expected an http or https URL.";
        }
    }

    internal LlmSettings ToSettings()
    {
        var settings = new LlmSettings
        {
            BaseUrl = string.IsNullOrEmpty(BaseUrl) ? null : new Uri(BaseUrl),
            ApiKey = string.IsNullOrEmpty(ApiKey) ? null : ApiKey,
            Model = string.IsNullOrEmpty(Model) ? null : Model,
            OllamaModel = string.IsNullOrEmpty(OllamaModel) ? null : OllamaModel,
        }.WithEnvironment(Environment.GetEnvironmentVariable);
        return string.IsNullOrEmpty(OllamaUrl) ? settings : settings with { OllamaUrl = new Uri(OllamaUrl) };
    }
}
