using AgentGateway.Net.Streams;
using AgentGateway.Primitives;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Net.Servers;

/// <summary>The tasks beside a shard: its allocations, its questions to STUN servers, its TCP listener.</summary>
internal sealed class ShardServices : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _tasks = [];
    private readonly List<Task> _tried = [];
    private readonly MediaShard _shard;

    internal ShardServices(MediaShard shard, MediaTransportOptions options, IceTcpListener? listener, IRandomSource random, ILogger logger)
    {
        _shard = shard;
        Listener = listener;
        for (int i = 0; i < options.TurnServers.Count; i++)
        {
            // UDP before TCP before TLS (RFC 8445 section 5.1.2.2: the better relays first), then the order of the configuration.
            TurnServer server = options.TurnServers[i];
            var runner = new RelayRunner(server, (ushort)(ushort.MaxValue - ((int)server.Transport * 0x4000) - i), shard, random, logger);
            _tried.Add(runner.Tried);
            _tasks.Add(runner.RunAsync(_stop.Token));
        }

        foreach (StunServer server in options.StunServers)
        {
            var runner = new GatherRunner(server, shard, random, logger);
            _tried.Add(runner.Tried);
            _tasks.Add(runner.RunAsync(_stop.Token));
        }

        if (listener is not null)
        {
            shard.Links.Recognised = listener.Recognised;
            _tasks.Add(listener.RunAsync(
                shard.FramesReady,
                stream => shard.TryPost(_ => shard.Links.Add(stream)),
                stream => shard.PostAlways(_ => Remove(stream, listener))));
        }
    }

    internal MediaShard Shard => _shard;

    internal IceTcpListener? Listener { get; }

    /// <summary>Completes when every server has answered or failed once.</summary>
    internal Task Gathered => Task.WhenAll(_tried);

    /// <summary>Stops the shard, which gives allocations back, and then everything else.</summary>
    public async ValueTask DisposeAsync()
    {
        Listener?.Dispose();
        _shard.Dispose();
        await _stop.CancelAsync();
        await Task.WhenAll(_tasks);
        _stop.Dispose();
    }

    private void Remove(FrameStream stream, IceTcpListener listener)
    {
        _shard.Links.Remove(stream);
        if (stream.Owner is null)
            listener.Recognised();
    }
}
