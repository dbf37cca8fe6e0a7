using Microsoft.Extensions.Logging;

namespace AgentGateway.Net;

/// <summary>What a shard says.</summary>
internal sealed partial class MediaShard
{
    [LoggerMessage(4001, LogLevel.Error, "A connection failed and was closed; other calls go on")]
    private static partial void LogConnectionFailed(ILogger logger, Exception e);

    [LoggerMessage(4003, LogLevel.Warning, "UDP {Port}: {Count} datagrams that belong to no call in {Seconds} s; they are dropped")]
    private static partial void LogFlood(ILogger logger, int port, long count, long seconds);

    [LoggerMessage(4004, LogLevel.Information, "Media on UDP {Port} ended: {Received} datagrams received, {Sent} sent, {Unroutable} of no call, {Unusable} unusable, {Refused} refused by the system")]
    private static partial void LogEnded(ILogger logger, int port, long received, long sent, long unroutable, long unusable, long refused);

    [LoggerMessage(4002, LogLevel.Error, "The media loop failed in one step and goes on")]
    private static partial void LogLoopFailed(ILogger logger, Exception e);
}
