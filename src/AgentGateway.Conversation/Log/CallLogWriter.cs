using System.Threading.Channels;
using AgentGateway.Conversation.Log.Codec;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Conversation.Log;

/// <summary>
/// Writes the log of one call from a flow of its own. The conversation only puts entries into a bounded queue: a disk that
/// stalls costs the log a gap, which is written down, and the call nothing.
/// </summary>
public sealed partial class CallLogWriter : ICallLog, IAsyncDisposable
{
    private const int Capacity = 8192;

    private readonly Channel<CallLogEntry> _queue =
        Channel.CreateBounded<CallLogEntry>(new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true });

    private readonly TaskCompletionSource<CallLogHeader?> _header = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _completing = new();
    private readonly LogEncoder _encoder = new();
    private readonly Stream _stream;
    private readonly string _callId;
    private readonly long _maxBytes;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _writing;
    private long _dropped;
    private long _gap;
    private long _written;
    private bool _full;

    /// <summary>Begins a log.</summary>
    /// <param name="stream">Where it goes; disposed at the end.</param>
    /// <param name="callId">The call.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">For the wait between writes.</param>
    /// <param name="logger">Told when the log cannot be written.</param>
    public CallLogWriter(Stream stream, string callId, CallLogOptions options, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _stream = stream;
        _callId = callId;
        _maxBytes = options.MaxFileBytes;
        _interval = options.WriteInterval;
        _time = time;
        _logger = logger;
        // Not on the caller's context: it may be a conversation's.
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Entries that are not in the log because its disk was too slow or failed.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Bytes written so far.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <inheritdoc/>
    public void Begin(CallLogHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        _header.TrySetResult(header with { CallId = _callId, Gateway = typeof(CallLogWriter).Assembly.GetName().Version?.ToString(3) ?? "" });
    }

    /// <inheritdoc/>
    public void Add(CallLogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (_completing.IsCancellationRequested)
            return;
        if (_gap > 0)
        {
            if (!_queue.Writer.TryWrite(new CallLogEntry.Gap(entry.At, _gap)))
            {
                Lose();
                return;
            }

            _gap = 0;
        }

        if (!_queue.Writer.TryWrite(entry))
            Lose();
    }

    /// <inheritdoc/>
    public void Complete()
    {
        _header.TrySetResult(null);
        _queue.Writer.TryComplete();
        _completing.Cancel();
    }

    /// <summary>Completes the log and waits until it is written.</summary>
    public async ValueTask DisposeAsync()
    {
        Complete();
        await _writing;
    }

    private void Lose()
    {
        _gap++;
        Volatile.Write(ref _dropped, _dropped + 1);
    }

    private async Task WriteAsync()
    {
        try
        {
            await using Stream stream = _stream;
            if (await _header.Task is not { } header)
                return;
            _encoder.Begin(header);
            await FlushAsync();
            while (await _queue.Reader.WaitToReadAsync())
            {
                await DrainAsync();
                await Task.Delay(_interval, _time, _completing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (!_full)
            {
                _encoder.End(CallLogEnd.Complete);
                await FlushAsync();
            }
        }
        catch (Exception e)
        {
            LogFailed(_logger, e, _callId);
            // Whatever comes is lost, and counted as that.
            while (await _queue.Reader.WaitToReadAsync())
            {
                while (_queue.Reader.TryRead(out _))
                    Interlocked.Increment(ref _dropped);
            }
        }
    }

    private async ValueTask DrainAsync()
    {
        while (_queue.Reader.TryRead(out CallLogEntry? entry))
        {
            if (_full)
                continue;
            _encoder.Add(entry);
            if (_written + _encoder.Pending.Length >= _maxBytes)
            {
                _encoder.End(CallLogEnd.SizeLimit);
                _full = true;
            }

            if (_encoder.Pending.Length >= 1 << 16)
                await FlushAsync();
        }

        await FlushAsync();
    }

    private async ValueTask FlushAsync()
    {
        if (_encoder.Pending.IsEmpty)
            return;
        await _stream.WriteAsync(_encoder.Pending);
        await _stream.FlushAsync();
        Volatile.Write(ref _written, _written + _encoder.Pending.Length);
        _encoder.Clear();
    }

    [LoggerMessage(5220, LogLevel.Error, "The log of call {CallId} cannot be written; the call goes on without")]
    private static partial void LogFailed(ILogger logger, Exception e, string callId);
}
