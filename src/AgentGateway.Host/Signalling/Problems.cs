namespace AgentGateway.Host.Signalling;

/// <summary>Errors as problem+json (RFC 9457) with a stable machine-readable "code".</summary>
internal static class Problems
{
    internal static IResult Create(int status, string code, string detail) => Results.Problem(
        detail: detail,
        statusCode: status,
        type: $"https://agentgateway.dev/problems/{code}",
        extensions: new Dictionary<string, object?> { ["code"] = code });
}
