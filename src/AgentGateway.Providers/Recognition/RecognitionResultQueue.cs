using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using AgentGateway.Conversation.Ports;

namespace AgentGateway.Providers.Recognition;

/// <summary>
/// Results of a session: a newer result replaces an unread partial of the same utterance, a final is never dropped. So a
/// slow reader finds at most one result per utterance, and the queue is bounded by the number of unread utterances.
/// </summary>
internal sealed class RecognitionResultQueue : ChannelReader<RecognitionResult>
{
    /// <summary>Unread utterances after which the reader is taken for dead.</summary>
    public const int Capacity = 256;

    private readonly Lock _lock = new();
    private readonly LinkedList<RecognitionResult> _results = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<bool>? _waiter;
    private bool _completed;
    private Exception? _error;

    public override bool CanCount => true;

    public override bool CanPeek => true;

    public override int Count
    {
        get
        {
            lock (_lock)
                return _results.Count;
        }
    }

    public override Task Completion => _completion.Task;

    /// <summary>Adds a result; false when the queue is full of unread finals or completed.</summary>
    public bool TryAdd(RecognitionResult result)
    {
        TaskCompletionSource<bool>? waiter;
        lock (_lock)
        {
            if (_completed)
                return false;
            if (_results.Last is { } last && !last.Value.IsFinal && last.Value.Utterance == result.Utterance)
                _results.RemoveLast();
            else if (_results.Count >= Capacity)
                return false;
            _results.AddLast(result);
            waiter = _waiter;
            _waiter = null;
        }

        waiter?.TrySetResult(true);
        return true;
    }

    /// <summary>No more results; what is unread can still be read.</summary>
    public void Complete(Exception? error)
    {
        TaskCompletionSource<bool>? waiter;
        bool drained;
        lock (_lock)
        {
            if (_completed)
                return;
            _completed = true;
            _error = error;
            drained = _results.Count == 0;
            waiter = _waiter;
            _waiter = null;
        }

        if (drained)
            SettleCompletion();
        if (error is null)
            waiter?.TrySetResult(!drained);
        else
            waiter?.TrySetException(error);
    }

    public override bool TryRead([MaybeNullWhen(false)] out RecognitionResult item)
    {
        bool drained;
        lock (_lock)
        {
            if (_results.First is not { } first)
            {
                item = default;
                return false;
            }

            item = first.Value;
            _results.RemoveFirst();
            drained = _completed && _results.Count == 0;
        }

        if (drained)
            SettleCompletion();
        return true;
    }

    public override bool TryPeek([MaybeNullWhen(false)] out RecognitionResult item)
    {
        lock (_lock)
        {
            item = _results.First?.Value ?? default;
            return _results.Count > 0;
        }
    }

    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<bool>(cancellationToken);
        Task<bool> wait;
        lock (_lock)
        {
            if (_results.Count > 0)
                return new ValueTask<bool>(true);
            if (_completed)
                return _error is null ? new ValueTask<bool>(false) : ValueTask.FromException<bool>(_error);
            _waiter ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            wait = _waiter.Task;
        }

        return new ValueTask<bool>(cancellationToken.CanBeCanceled ? wait.WaitAsync(cancellationToken) : wait);
    }

    private void SettleCompletion()
    {
        if (_error is null)
            _completion.TrySetResult();
        else
            _completion.TrySetException(_error);
    }
}
