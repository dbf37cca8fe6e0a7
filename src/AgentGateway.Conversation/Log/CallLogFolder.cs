using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Conversation.Log;

/// <summary>The folder of the calls' logs. Thread-safe.</summary>
public sealed partial class CallLogFolder : IAsyncDisposable
{
    /// <summary>What the names of logs end with.</summary>
    public const string Extension = ".calllog";

    private readonly CallLogOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<CallLogWriter, string> _open = new();

    /// <summary>Prepares the folder.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public CallLogFolder(CallLogOptions options, TimeProvider time, ILogger<CallLogFolder> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _time = time;
        _logger = logger;
        // What callers said is nobody's business but the operator's.
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(options.Folder);
        else
            Directory.CreateDirectory(options.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Begins the log of a call; null, with a log line, when its file cannot be made: a call needs no log.</summary>
    public ICallLog? Create(string callId, string agent)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{_time.GetUtcNow():yyyyMMdd-HHmmss}-{Safe(agent)}-{Safe(callId)}{Extension}");
        string path = Path.Combine(_options.Folder, name);
        try
        {
            MakeRoom();
            var file = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
                file.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            var writer = new CallLogWriter(new FileStream(path, file), callId, _options, _time, _logger);
            _open[writer] = path;
            return new Registered(this, writer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotCreated(_logger, e, path);
            return null;
        }
    }

    /// <summary>Completes all logs and waits until they are written.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (CallLogWriter writer in _open.Keys)
            await writer.DisposeAsync();
    }

    private void MakeRoom()
    {
        lock (_gate)
        {
            FileInfo[] logs = new DirectoryInfo(_options.Folder).GetFiles("*" + Extension);
            long bytes = logs.Sum(log => log.Length);
            HashSet<string> open = [.. _open.Values];
            foreach (FileInfo log in logs.OrderBy(log => log.Name, StringComparer.Ordinal))
            {
                if (bytes <= _options.MaxFolderBytes)
                    break;
                if (open.Contains(log.FullName))
                    continue;
                bytes -= log.Length;
                log.Delete();
            }
        }
    }

    private async Task FinishAsync(CallLogWriter writer)
    {
        await writer.DisposeAsync();
        if (writer.Dropped > 0)
            LogIncomplete(_logger, writer.Dropped);
        if (!_open.TryRemove(writer, out string? path) || writer.Written > 0)
            return;
        try
        {
            // The call never began.
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotCreated(_logger, e, path);
        }
    }

    private static string Safe(string text) => string.Concat(text.Take(64).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-'));

    [LoggerMessage(5221, LogLevel.Error, "The call log {Path} cannot be made")]
    private static partial void LogNotCreated(ILogger logger, Exception e, string path);

    [LoggerMessage(5222, LogLevel.Warning, "A call log lacks {Count} entries: its disk was too slow or failed")]
    private static partial void LogIncomplete(ILogger logger, long count);

    private sealed class Registered(CallLogFolder folder, CallLogWriter writer) : ICallLog
    {
        public void Begin(CallLogHeader header) => writer.Begin(header);

        public void Add(CallLogEntry entry) => writer.Add(entry);

        public void Complete()
        {
            writer.Complete();
            _ = folder.FinishAsync(writer);
        }
    }
}
