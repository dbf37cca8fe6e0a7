using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using AgentGateway.Conversation.Ports;

namespace AgentGateway.Providers.Llm;

/// <summary>Sorts what can go wrong at an endpoint into stable codes. Bodies of errors are not repeated: they quote keys and prompts.</summary>
internal static class LlmFailure
{
    public static LlmException From(Exception exception, LlmEndpoint endpoint) => exception switch
    {
        LlmException known => known,
        ClientResultException { Status: > 0 } refused => FromStatus(refused, endpoint),
        ClientResultException or HttpRequestException { HttpRequestError: not HttpRequestError.ResponseEnded } =>
            new LlmException(LlmException.Unavailable, $"{endpoint} can not be reached.", isTransient: true, exception),
        IOException or HttpRequestException =>
            new LlmException(LlmException.BadReply, $"The answer of {endpoint} broke off.", isTransient: true, exception),
        OperationCanceledException => new LlmException(LlmException.Timeout, $"{endpoint} did not answer in time.", isTransient: true, exception),
        _ => new LlmException(LlmException.BadReply, $"{endpoint} answered something that is no chat completion.", isTransient: true, exception),
    };

    private static LlmException FromStatus(ClientResultException refused, LlmEndpoint endpoint)
    {
        (string what, bool transient) = refused.Status switch
        {
            401 or 403 => ("refused the key: check the configured key", false),
            404 => ("does not know the model or the path: check the model's name and the base URL", false),
            408 => ("timed out", true),
            429 => ("is busy or the quota is used up", true),
            >= 500 => ("failed", true),
            _ => ("refused the request", false),
        };
        return new LlmException(
            LlmException.Unavailable,
            string.Create(CultureInfo.InvariantCulture, $"{endpoint} {what} (HTTP {refused.Status})."),
            transient,
            refused)
        {
            RetryAfter = RetryAfter(refused.GetRawResponse()),
        };
    }

    private static TimeSpan? RetryAfter(PipelineResponse? response) =>
        response is not null && response.Headers.TryGetValue("Retry-After", out string? text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
