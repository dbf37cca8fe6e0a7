using System.Threading.Channels;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Ports;
using AgentGateway.Conversation.Speech;
using AgentGateway.Conversation.Text;
using AgentGateway.Conversation.Tools;
using AgentGateway.Primitives;
using Microsoft.Extensions.AI;

namespace AgentGateway.Conversation.Session;

/// <summary>
/// Makes replies: model, tools, chunks, speech. When the model fails, the fallback answers; when that fails too, the agent
/// says its apology, so that a caller is never left in silence.
/// </summary>
internal sealed class ReplyGenerator
{
    private const int ChunkCapacity = 256;

    private readonly ConversationContext _context;
    private readonly SpeechPump _speech;
    private readonly SessionInbox _inbox;
    private readonly Func<Instant> _clock;
    private int _chunks;

    public ReplyGenerator(ConversationContext context, SpeechPump speech, SessionInbox inbox, Func<Instant> clock)
    {
        _context = context;
        _speech = speech;
        _inbox = inbox;
        _clock = clock;
    }

    /// <summary>Answers the conversation. Never throws; ends soon after the run is cancelled.</summary>
    /// <param name="run">The reply.</param>
    /// <param name="messages">The conversation so far.</param>
    /// <param name="previous">The reply before, which must have let go of the playout queue.</param>
    public Task AnswerAsync(ReplyRun run, IList<ChatMessage> messages, Task previous) =>
        RunAsync(run, previous, isFixed: false, output => AnswerAsync(run, messages, output));

    /// <summary>Speaks a fixed phrase.</summary>
    public Task SayAsync(ReplyRun run, string phrase, Task previous) =>
        RunAsync(run, previous, isFixed: true, output => output.AddAsync(phrase));

    /// <summary>Says a phrase within a reply, ahead of what it says next. The loop only; never waits.</summary>
    public void Fill(ReplyRun run, string phrase)
    {
        SpokenText text = SpokenForm.Of(phrase, _context.Agent.Language);
        if (!run.Spoken || run.Chunks is not { } chunks || text.Text.Length == 0)
            return;
        int number = Interlocked.Increment(ref _chunks);
        if (_inbox.TryPost(new SessionInput.Segment(run.Generation, number, text, Spoken: true)) && !chunks.TryWrite(new SpokenChunk(number, text, IsFixed: true)))
        {
            // The reply is complete already: what was announced will not be spoken, and nothing of it was heard.
            _inbox.TryPost(new SessionInput.AudioEnds(run.Generation, number, 0));
        }
    }

    private async Task RunAsync(ReplyRun run, Task previous, bool isFixed, Func<Output, Task> produce)
    {
        // Off the loop's stack: providers may work before their first await.
        await Task.Yield();
        var chunks = Channel.CreateBounded<SpokenChunk>(new BoundedChannelOptions(ChunkCapacity) { SingleReader = true });
        run.Chunks = chunks.Writer;
        Task speaking = run.Spoken ? SpeakAsync(run, chunks.Reader, isFixed, previous) : previous;
        var output = new Output(this, run, chunks.Writer);
        try
        {
            await produce(output);
            await output.FlushAsync();
            await _inbox.PostAsync(new SessionInput.TextCompleted(run.Generation));
        }
        catch (OperationCanceledException) when (run.Token.IsCancellationRequested)
        {
            // Interrupted: the loop knows.
        }
        catch (Exception exception)
        {
            SessionLog.ReplyFailed(_context.Logger, run.Turn, exception);
            await _inbox.PostAsync(new SessionInput.Fault("reply_failed", "The reply failed.", Fatal: false));
        }
        finally
        {
            chunks.Writer.TryComplete();
        }

        await speaking;
        await _inbox.PostAsync(new SessionInput.Sealed(run.Generation));
    }

    private async Task SpeakAsync(ReplyRun run, ChannelReader<SpokenChunk> chunks, bool isFixed, Task previous)
    {
        try
        {
            await previous;
            await _speech.SpeakAsync(run, chunks, isFixed);
        }
        catch (OperationCanceledException) when (run.Token.IsCancellationRequested)
        {
            // Interrupted: the loop knows.
        }
        catch (Exception exception)
        {
            SessionLog.ReplyFailed(_context.Logger, run.Turn, exception);
        }
    }

    private async Task AnswerAsync(ReplyRun run, IList<ChatMessage> messages, Output output)
    {
        if (await TryAnswerAsync(run, _context.ChatClient, messages, output) || output.HasText)
            return;
        if (_context.FallbackChatClient is { } fallback && (await TryAnswerAsync(run, fallback, messages, output) || output.HasText))
            return;
        if (run.EndsCall)
            return;
        await output.AddAsync(_context.Agent.Apology);
    }

    private async Task<bool> TryAnswerAsync(ReplyRun run, IChatClient client, IList<ChatMessage> messages, Output output)
    {
        string code;
        string message;
        Exception? cause = null;
        try
        {
            string? refused = await StreamAsync(run, client, messages, output);

            // A short answer may still be in the chunker, which waits for more text before it calls a sentence complete.
            await output.FlushAsync();
            if (refused is null && (output.HasText || run.EndsCall))
                return true;
            code = refused ?? "llm_empty";
            message = refused is null ? "The language model answered nothing." : "The language model could not finish its answer.";
        }
        catch (OperationCanceledException) when (run.Token.IsCancellationRequested)
        {
            throw;
        }
        catch (TimeoutException)
        {
            code = "llm_timeout";
            message = "The language model did not answer in time.";
        }
        catch (LlmException exception)
        {
            code = exception.Code;
            message = exception.Message;
            cause = exception;
        }
        catch (Exception exception)
        {
            code = "llm_unavailable";
            message = "The language model could not be reached.";
            cause = exception;
        }

        output.DropUnfinished();
        SessionLog.ModelFailed(_context.Logger, code, run.Turn, cause);
        await _inbox.PostAsync(new SessionInput.Fault(code, message, Fatal: false));
        return false;
    }

    private async Task<string?> StreamAsync(ReplyRun run, IChatClient client, IList<ChatMessage> messages, Output output)
    {
        using var limit = new Deadline(_context.Agent.Llm.FirstTokenTimeout, _context.TimeProvider, run.Token);
        run.Deadline = limit;
        var observer = new ToolObserver(run, _inbox, _context.Agent.Llm.FirstTokenTimeout);
        // Not disposed: it would dispose the client, which is everybody's.
        var loop = new ToolLoopChatClient(client, observer, time: _context.TimeProvider, logger: _context.Logger);
        var options = new ChatOptions
        {
            ModelId = _context.Agent.Llm.Model,
            MaxOutputTokens = _context.Agent.Llm.MaxOutputTokens,
            Temperature = (float?)_context.Agent.Llm.Temperature,
            Tools = _context.Tools.Count == 0 ? null : [.. _context.Tools],
        };
        string? refused = null;
        IReadOnlyList<AIContent> calls = [];
        await foreach (ChatResponseUpdate update in limit.EnumerateAsync(loop.GetStreamingResponseAsync(messages, options, limit.Token), _context.Limits.NextToken))
        {
            foreach (AIContent content in update.Contents)
            {
                if (content is TextContent { Text.Length: > 0 } text)
                    await output.AddAsync(text.Text);
                else if (content is ErrorContent error)
                    refused = error.ErrorCode ?? "llm_error";
            }

            if (InterruptibleHint.IsForbidden(update))
                await _inbox.PostAsync(new SessionInput.Uninterruptible(run.Generation));
            if (ListeningHint.TryRead(update, out ListeningContext context))
                await _inbox.PostAsync(new SessionInput.Listen(run.Generation, context));
            List<AIContent> made = [.. update.Contents.Where(content => content is FunctionCallContent)];
            List<AIContent> results = [.. update.Contents.Where(content => content is FunctionResultContent)];
            if (made.Count > 0)
                calls = made;
            if (results.Count > 0)
            {
                // What was said before the tools ran stands before them in history too.
                await output.FlushAsync();
                await _inbox.PostAsync(new SessionInput.ToolsRan(run.Generation, calls, results));
            }
        }

        return refused;
    }

    /// <summary>The text of one reply on its way to observers and to speech.</summary>
    private sealed class Output(ReplyGenerator owner, ReplyRun run, ChannelWriter<SpokenChunk> chunks)
    {
        private readonly SentenceChunker _chunker = new(owner._context.Agent.Language);

        /// <summary>Whether there was a chunk that says something.</summary>
        public bool HasText { get; private set; }

        public async Task AddAsync(string delta)
        {
            run.FirstToken ??= owner._clock();
            run.Characters += delta.Length;
            await owner._inbox.PostAsync(new SessionInput.TextDelta(run.Generation, delta));
            _chunker.Push(delta);
            while (_chunker.TryTake(out string chunk))
                await SendAsync(chunk);
        }

        public async Task FlushAsync()
        {
            while (_chunker.TryTake(out string chunk))
                await SendAsync(chunk);
            while (_chunker.TryFlush(out string rest))
                await SendAsync(rest);
        }

        /// <summary>Forgets a sentence that was broken off: half a word is not worth hearing.</summary>
        public void DropUnfinished() => _chunker.Clear();

        private async Task SendAsync(string chunk)
        {
            SpokenText text = SpokenForm.Of(chunk, owner._context.Agent.Language);
            if (text.Text.Length == 0)
                return;
            run.FirstChunk ??= owner._clock();
            HasText = true;
            int number = Interlocked.Increment(ref owner._chunks);
            await owner._inbox.PostAsync(new SessionInput.Segment(run.Generation, number, text, run.Spoken));
            if (run.Spoken)
                await chunks.WriteAsync(new SpokenChunk(number, text), run.Token);
        }
    }
}
