using System.Net.Sockets;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Turn;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Net.Servers;

/// <summary>Finds one STUN server for one shard; the shard then asks it by itself.</summary>
internal sealed partial class GatherRunner(StunServer server, MediaShard shard, IRandomSource random, ILogger logger)
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _tried = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the first answer or the first failure.</summary>
    internal Task Tried => _tried.Task;

    /// <summary>Runs until the server is found, or until it is cancelled. Never throws.</summary>
    internal async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                try
                {
                    TransportAddress address = await ServerAddress.ResolveAsync(server.Host, server.Port, shard.LocalEndPoint.AddressFamily, stop);
                    var link = new GatherLink(new StunGatherer(new StunGathererOptions(), random), address);
                    if (shard.TryPost(now => shard.Links.Add(now, link)))
                    {
                        await link.Answered.WaitAsync(stop);
                        LogAnswered(logger, server.Host, server.Port, link.Gatherer.Mapped is null ? "nothing" : "our address");
                        return;
                    }
                }
                catch (SocketException e)
                {
                    LogUnknown(logger, server.Host, e.Message);
                }

                _tried.TrySetResult();
                await Task.Delay(RetryInterval, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The transport stops.
        }
        finally
        {
            _tried.TrySetResult();
        }
    }

    [LoggerMessage(4032, LogLevel.Information, "STUN server {Host}:{Port} told {What}")]
    private static partial void LogAnswered(ILogger logger, string host, int port, string what);

    [LoggerMessage(4033, LogLevel.Warning, "STUN server {Host} cannot be found: {Problem}")]
    private static partial void LogUnknown(ILogger logger, string host, string problem);
}
