using System.Buffers;
using System.Threading.Channels;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Engines;

namespace AgentGateway.Providers.Recognition;

/// <summary>
/// A recognition session whose engine runs on a worker of its own: the writer only copies audio into a bounded queue, the worker
/// drains it in batches and computes through the engine's gate. One writer at a time.
/// </summary>
internal sealed class QueuedRecognitionSession : IRecognitionSession
{
    private const int MaxWriteSamples = 16000;

    // 20 ms writes make this about five seconds of audio; a writer that is further ahead waits.
    internal const int QueueCapacity = 256;

    private readonly Channel<Command> _commands = Channel.CreateBounded<Command>(
        new BoundedChannelOptions(QueueCapacity) { SingleReader = true, SingleWriter = false, FullMode = BoundedChannelFullMode.Wait });

    private readonly RecognitionResultQueue _results = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly IUtteranceDecoder _decoder;
    private readonly string _engine;
    private readonly TimeProvider _time;
    private readonly Task _worker;
    private int _nextUtterance;
    private int _disposed;

    public QueuedRecognitionSession(IUtteranceDecoder decoder, string engine, TimeProvider time)
    {
        _decoder = decoder;
        _engine = engine;
        _time = time;
        SpeechMetrics.AddSession(engine, 1);
        _worker = Task.Run(RunAsync);
    }

    public ChannelReader<RecognitionResult> Results => _results;

    public async ValueTask WriteAsync(ReadOnlyMemory<short> pcm, CancellationToken cancellationToken)
    {
        if (pcm.Length > MaxWriteSamples)
            throw new ArgumentException($"At most one second of audio ({MaxWriteSamples} samples) at a time, not {pcm.Length}.", nameof(pcm));
        if (pcm.IsEmpty)
            return;
        short[] copy = ArrayPool<short>.Shared.Rent(pcm.Length);
        pcm.Span.CopyTo(copy);
        try
        {
            await EnqueueAsync(new Command(copy, pcm.Length, 0), cancellationToken);
        }
        catch
        {
            ArrayPool<short>.Shared.Return(copy);
            throw;
        }
    }

    public async ValueTask<int> EndUtteranceAsync(CancellationToken cancellationToken)
    {
        int id = _nextUtterance;
        await EnqueueAsync(new Command(null, 0, _time.GetTimestamp()), cancellationToken);
        _nextUtterance = id + 1;
        return id;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        _commands.Writer.TryComplete();
        await _stop.CancelAsync();
        await _worker;
        while (_commands.Reader.TryRead(out Command command))
            Return(command);
        await _decoder.DisposeAsync();
        _results.Complete(null);
        _stop.Dispose();
        SpeechMetrics.AddSession(_engine, -1);
    }

    private static void Return(Command command)
    {
        if (command.Buffer is not null)
            ArrayPool<short>.Shared.Return(command.Buffer);
    }

    private async ValueTask EnqueueAsync(Command command, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        try
        {
            await _commands.Writer.WriteAsync(command, cancellationToken);
        }
        catch (ChannelClosedException e)
        {
            throw new SpeechProviderException($"The recognition session of {_engine} is closed: {e.InnerException?.Message ?? "it was disposed"}", e);
        }
    }

    private async Task RunAsync()
    {
        try
        {
            int utterance = 0;
            string shown = string.Empty;
            ChannelReader<Command> reader = _commands.Reader;
            while (await reader.WaitToReadAsync(_stop.Token))
            {
                bool heard = false;
                while (reader.TryRead(out Command command))
                {
                    if (command.Buffer is not null)
                    {
                        _decoder.Accept(command.Buffer.AsSpan(0, command.Length));
                        Return(command);
                        heard = true;
                        continue;
                    }

                    string final = await _decoder.FinishAsync(_stop.Token);
                    Emit(new RecognitionResult(utterance, final, true) { Confidence = _decoder.Confidence });
                    SpeechMetrics.RecordFinalDelay(_engine, _time.GetElapsedTime(command.Timestamp));
                    utterance++;
                    shown = string.Empty;
                    heard = false;
                }

                if (heard && await _decoder.DecodeAsync(_stop.Token) is { } text && !string.Equals(text, shown, StringComparison.Ordinal))
                {
                    shown = text;
                    Emit(new RecognitionResult(utterance, text, false) { Confidence = _decoder.Confidence });
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed: what is in flight is nobody's any more.
        }
        catch (Exception e)
        {
            SpeechProviderException failure = e as SpeechProviderException ?? new SpeechProviderException($"{_engine} failed: {e.Message}", e);
            _commands.Writer.TryComplete(failure);
            _results.Complete(failure);
        }
    }

    private void Emit(RecognitionResult result)
    {
        if (!_results.TryAdd(result))
            throw new SpeechProviderException($"Nobody reads the results of {_engine}: {RecognitionResultQueue.Capacity} utterances are unread.");
    }

    /// <summary>Audio, or the end of the utterance when there is no buffer.</summary>
    private readonly record struct Command(short[]? Buffer, int Length, long Timestamp);
}
