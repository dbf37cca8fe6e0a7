using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Conversation.Agents;

/// <summary>
/// The agents of a folder, kept up to date. A reload is atomic: readers see the old snapshot or the new one. Files with problems keep the
/// agent's last good version serving; the problems are logged and stand in the snapshot. Thread-safe.
/// </summary>
public sealed partial class AgentCatalog : IAsyncDisposable
{
    private readonly AgentCatalogOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly bool _useWatcher;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<bool> _touched = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _reloading = new();
    private AgentSnapshot _current = AgentSnapshot.Empty;
    private TaskCompletionSource _changed = NewSignal();
    private string? _contentHash;
    private FileSystemWatcher? _watcher;
    private Task? _loop;

    /// <summary>Creates the catalog and loads the folder; watching begins with <see cref="Start"/>.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public AgentCatalog(AgentCatalogOptions options, TimeProvider time, ILogger<AgentCatalog> logger)
        : this(options, time, logger, useWatcher: true)
    {
    }

    /// <summary>For tests: without the operating system's change reports only the rescan notices.</summary>
    internal AgentCatalog(AgentCatalogOptions options, TimeProvider time, ILogger<AgentCatalog> logger, bool useWatcher)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time;
        _logger = logger;
        _useWatcher = useWatcher;
        Reload();
    }

    /// <summary>The agents that are served now.</summary>
    public AgentSnapshot Current => Volatile.Read(ref _current);

    /// <summary>Looks an agent up by name.</summary>
    public bool TryGet(string name, [MaybeNullWhen(false)] out AgentDefinition agent) => Current.Agents.TryGetValue(name, out agent);

    /// <summary>Begins to watch the folder, unless the options say otherwise. Call once.</summary>
    public void Start()
    {
        if (!_options.Watch || _loop is not null)
            return;
        if (_useWatcher)
            StartWatcher();
        _loop = Task.Run(WatchAsync);
    }

    private void StartWatcher()
    {
        try
        {
            _watcher = new FileSystemWatcher(Path.GetFullPath(_options.Folder)) { IncludeSubdirectories = true };
            _watcher.Changed += (_, _) => _touched.Writer.TryWrite(true);
            _watcher.Created += (_, _) => _touched.Writer.TryWrite(true);
            _watcher.Deleted += (_, _) => _touched.Writer.TryWrite(true);
            _watcher.Renamed += (_, _) => _touched.Writer.TryWrite(true);
            _watcher.Error += (_, _) => _touched.Writer.TryWrite(true);
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception e) when (e is IOException or PlatformNotSupportedException or UnauthorizedAccessException)
        {
            LogNoWatcher(_logger, e.Message, _options.Rescan.TotalSeconds);
        }
    }

    /// <summary>Reads the folder now. When nothing changed, the snapshot stays as it is.</summary>
    /// <returns>The snapshot that is served afterwards.</returns>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public AgentSnapshot Reload()
    {
        lock (_reloading)
        {
            IReadOnlyList<AgentSourceFile> files = AgentFolder.Read(_options.Folder);
            string hash = Hash(files);
            if (hash == _contentHash)
                return _current;
            _contentHash = hash;
            AgentSnapshot previous = _current;
            AgentSnapshot next = previous.With(AgentLoader.Load(files));
            Volatile.Write(ref _current, next);
            Report(previous, next);
            Interlocked.Exchange(ref _changed, NewSignal()).SetResult();
            return next;
        }
    }

    /// <summary>Waits until the snapshot's generation is above <paramref name="generation"/>.</summary>
    public async Task<AgentSnapshot> WaitForChangeAsync(long generation, CancellationToken cancellationToken)
    {
        while (true)
        {
            // The signal is read before the snapshot: a change in between completes the signal we hold.
            Task changed = Volatile.Read(ref _changed).Task;
            AgentSnapshot current = Current;
            if (current.Generation > generation)
                return current;
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Stops watching.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _watcher?.Dispose();
        if (_loop is not null)
            await _loop.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await WaitForTouchAsync(_options.Rescan).ConfigureAwait(false);
                while (await WaitForTouchAsync(_options.Debounce).ConfigureAwait(false))
                {
                    // Another touch within the debounce time: wait for quiet again.
                }

                Reload();
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogUnreadable(_logger, e.Message);
            }
        }
    }

    /// <summary>True when something was touched before the time was over.</summary>
    private async Task<bool> WaitForTouchAsync(TimeSpan limit)
    {
        using var timer = new CancellationTokenSource(limit, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, timer.Token);
        try
        {
            return await _touched.Reader.ReadAsync(linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Report(AgentSnapshot previous, AgentSnapshot next)
    {
        foreach ((string name, AgentDefinition agent) in next.Agents)
        {
            if (!previous.Agents.TryGetValue(name, out AgentDefinition? known))
                LogLoaded(_logger, name, agent.Version);
            else if (known.Version != agent.Version)
                LogReplaced(_logger, name, agent.Version, known.Version);
        }

        foreach (string name in previous.Agents.Keys.Where(name => !next.Agents.ContainsKey(name)))
            LogRemoved(_logger, name);
        foreach (AgentProblem problem in next.Problems)
            LogProblem(_logger, problem.ToString());
    }

    private static string Hash(IEnumerable<AgentSourceFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (AgentSourceFile file in files.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Path}\0{file.Size}\0"));
            hash.AppendData(file.Content.Span);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(5200, LogLevel.Information, "Agent {Agent} loaded, version {Version}")]
    private static partial void LogLoaded(ILogger logger, string agent, string version);

    [LoggerMessage(5201, LogLevel.Information, "Agent {Agent} is now version {Version}, was {Previous}")]
    private static partial void LogReplaced(ILogger logger, string agent, string version, string previous);

    [LoggerMessage(5202, LogLevel.Information, "Agent {Agent} is gone")]
    private static partial void LogRemoved(ILogger logger, string agent);

    [LoggerMessage(5203, LogLevel.Error, "Agent file refused, the last good version (if any) keeps serving: {Problem}")]
    private static partial void LogProblem(ILogger logger, string problem);

    [LoggerMessage(5204, LogLevel.Warning, "The folder of agents cannot be watched ({Reason}); it is read every {Seconds} s instead")]
    private static partial void LogNoWatcher(ILogger logger, string reason, double seconds);

    [LoggerMessage(5205, LogLevel.Error, "The folder of agents cannot be read: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string reason);
}
