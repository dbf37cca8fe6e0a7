using System.Buffers;
using System.Threading.Channels;
using AgentGateway.Conversation.Ports;
using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Session;

/// <summary>
/// Carries audio to a recogniser and its results back. The loop writes and never waits; a provider that is slow is given
/// the audio late, one that fails is opened again with backoff. Every utterance that was ended gets a final, an empty one
/// when the provider cannot give any, so that nobody waits for it.
/// </summary>
internal sealed class RecognitionPump(ConversationContext context, SessionInbox inbox)
{
    // About 16 s of windows: more means that the provider is far slower than real time.
    private const int Capacity = 512;
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(15);

    private readonly Channel<Work> _work = Channel.CreateBounded<Work>(new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true });

    // Waiting for the channel itself would allocate with every window.
    private readonly AsyncSignal _more = new();
    private long _dropped;

    private enum WorkKind
    {
        Begin,
        Audio,
        End,
    }

    /// <summary>Samples that were not recognised because the provider was too slow.</summary>
    public long DroppedSamples => Volatile.Read(ref _dropped);

    /// <summary>An utterance begins.</summary>
    public bool Begin(int utterance) => TryPost(new Work(WorkKind.Begin, utterance, null, 0));

    /// <summary>Audio of the present utterance; the samples are copied.</summary>
    public void Write(int utterance, ReadOnlySpan<short> pcm)
    {
        short[] buffer = ArrayPool<short>.Shared.Rent(pcm.Length);
        pcm.CopyTo(buffer);
        if (TryPost(new Work(WorkKind.Audio, utterance, buffer, pcm.Length)))
            return;
        ArrayPool<short>.Shared.Return(buffer);
        Volatile.Write(ref _dropped, _dropped + pcm.Length);
    }

    /// <summary>The utterance is over.</summary>
    /// <returns>False when the queue is full: no final will come.</returns>
    public bool End(int utterance) => TryPost(new Work(WorkKind.End, utterance, null, 0));

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        TimeSpan backoff = FirstBackoff;
        while (!cancellationToken.IsCancellationRequested)
        {
            var numbering = new Numbering();
            try
            {
                await RunSessionAsync(numbering, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
            {
                SessionLog.RecognizerFailed(context.Logger, context.Recognizer.Name, exception);
                await inbox.PostAsync(new SessionInput.Fault("stt_unavailable", "Speech recognition failed; it is being restarted.", Fatal: false));
            }

            // What is said meanwhile waits in the queue for the next session, which is given it from the next utterance on.
            await inbox.PostAsync(new SessionInput.Fact(TurnFact.RecognizerLost()));
            backoff = numbering.HadResults ? FirstBackoff : backoff;
            await Task.Delay(backoff, context.TimeProvider, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            backoff = backoff * 2 < MaxBackoff ? backoff * 2 : MaxBackoff;
        }
    }

    private async Task<IRecognitionSession> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var opening = new Deadline(context.Limits.RecognizerOpen, context.TimeProvider, cancellationToken);
            var options = new RecognitionOptions { Language = context.Agent.Language, Hints = context.Agent.Stt.Hints };
            return await opening.WaitAsync(context.Recognizer.OpenAsync(options, opening.Token).AsTask());
        }
        catch (Exception)
        {
            await RefuseAsync();
            throw;
        }
    }

    private async Task RunSessionAsync(Numbering numbering, CancellationToken cancellationToken)
    {
        IRecognitionSession session = await OpenAsync(cancellationToken);
        using var failing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task results = Task.CompletedTask;
        try
        {
            results = ReadResultsAsync(session, numbering, failing);
            await WriteAsync(session, numbering, failing.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The results ended: RunAsync opens another session.
        }
        finally
        {
            failing.Cancel();
            await results;
            await session.DisposeAsync();
        }

        if (numbering.Failure is { } failure)
            throw new SpeechProviderException("The recognition session ended.", failure);
    }

    private async Task WriteAsync(IRecognitionSession session, Numbering numbering, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration ending = cancellationToken.UnsafeRegister(static more => ((AsyncSignal)more!).Set(), _more);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!_work.Reader.TryRead(out Work work))
            {
                await _more.WaitAsync(CancellationToken.None);
                continue;
            }

            switch (work.Kind)
            {
                case WorkKind.Begin:
                    numbering.Begin(work.Utterance);
                    break;
                case WorkKind.Audio when numbering.Knows(work.Utterance):
                    Task<bool> writing = WriteAndReturnAsync(session, work, cancellationToken);

                    // A provider that took the audio at once needs no limit; a slow one is cancelled with its session when the limit passes.
                    if (!writing.IsCompletedSuccessfully)
                        await LimitAsync(writing, cancellationToken);
                    break;
                case WorkKind.End when numbering.Knows(work.Utterance):
                    await LimitAsync(session.EndUtteranceAsync(cancellationToken).AsTask(), cancellationToken);
                    break;
                case WorkKind.End:
                    await PostFinalAsync(work.Utterance, "");
                    break;
                default:
                    Release(work);
                    break;
            }
        }
    }

    private bool TryPost(Work work)
    {
        if (!_work.Writer.TryWrite(work))
            return false;
        _more.Set();
        return true;
    }

    private async Task LimitAsync<T>(Task<T> call, CancellationToken cancellationToken)
    {
        using var limit = new Deadline(context.Limits.RecognizerCall, context.TimeProvider, cancellationToken);
        await limit.WaitAsync(call);
    }

    private static async Task<bool> WriteAndReturnAsync(IRecognitionSession session, Work work, CancellationToken cancellationToken)
    {
        // Returned only after the provider let go of it: an abandoned write must not see the buffer's next use.
        await session.WriteAsync(work.Pcm.AsMemory(0, work.Length), cancellationToken);
        Release(work);
        return true;
    }

    private async Task ReadResultsAsync(IRecognitionSession session, Numbering numbering, CancellationTokenSource failing)
    {
        try
        {
            // Not ReadAllAsync: it leaves the caller's context, and with it the determinism of tests.
            while (await session.Results.WaitToReadAsync(failing.Token))
            {
                while (session.Results.TryRead(out RecognitionResult result))
                {
                    numbering.HadResults = true;
                    if (!numbering.TryTranslate(result.Utterance, out int utterance))
                        continue;
                    if (result.EndOfTurn is { } judged && !float.IsNaN(judged))
                        await inbox.PostAsync(new SessionInput.Fact(TurnFact.ProviderEndOfTurn(utterance, judged)));
                    await inbox.PostAsync(new SessionInput.Fact(TurnFact.Transcript(utterance, result.Text.Trim(), result.IsFinal, Bounded(result.Confidence))));
                }
            }
        }
        catch (OperationCanceledException) when (failing.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception)
        {
            numbering.Failure = exception;
        }

        failing.Cancel();
    }

    // While nobody listens: audio is let go, and whoever waits for a final is told that there is none.
    private async ValueTask RefuseAsync()
    {
        while (_work.Reader.TryRead(out Work work))
        {
            Release(work);
            if (work.Kind == WorkKind.End)
                await PostFinalAsync(work.Utterance, "");
        }
    }

    private ValueTask PostFinalAsync(int utterance, string text) =>
        inbox.PostAsync(new SessionInput.Fact(TurnFact.Transcript(utterance, text, isFinal: true)));

    // What is no number says nothing.
    private static float? Bounded(float? confidence) => confidence is { } sure && !float.IsNaN(sure) ? Math.Clamp(sure, 0, 1) : null;

    private static void Release(Work work)
    {
        if (work.Pcm is not null)
            ArrayPool<short>.Shared.Return(work.Pcm);
    }

    private readonly record struct Work(WorkKind Kind, int Utterance, short[]? Pcm, int Length);

    /// <summary>
    /// The session counts its utterances from 0, the conversation counts on: the difference is fixed by the first utterance
    /// that the session hears from its beginning.
    /// </summary>
    private sealed class Numbering
    {
        private int _first;

        public Exception? Failure { get; set; }

        public bool HadResults { get; set; }

        public void Begin(int utterance)
        {
            if (Volatile.Read(ref _first) == 0)
                Volatile.Write(ref _first, utterance);
        }

        public bool Knows(int utterance) => _first != 0 && utterance >= _first;

        public bool TryTranslate(int provider, out int utterance)
        {
            int first = Volatile.Read(ref _first);
            utterance = first + provider;
            return first != 0;
        }
    }
}
