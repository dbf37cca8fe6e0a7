using AgentGateway.Calls;
using AgentGateway.Host.Dialects.Rtvi;

namespace AgentGateway.Host.Dialects;

/// <summary>RTVI on every label, except the one that belongs to OpenAI's clients and their own protocol.</summary>
internal sealed class DialectFactory(ILoggerFactory loggerFactory) : ICallDialectFactory
{
    private const string OpenAiLabel = "oai-events";

    private readonly ILogger _logger = loggerFactory.CreateLogger<RtviDialect>();

    /// <inheritdoc/>
    public ICallDialect? Create(string channelLabel, ICallControl call) =>
        channelLabel == OpenAiLabel ? null : new RtviDialect(call, _logger);
}
