using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Ports;
using AgentGateway.Conversation.Speech;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.Session;

/// <summary>
/// Speaks the chunks of a reply into the playout queue: synthesis runs ahead of playout by as much as the queue holds, so
/// the next chunk is made while the previous one plays.
/// </summary>
internal sealed class SpeechPump(ConversationContext context, PlayoutQueue queue, AsyncSignal room, SessionInbox inbox, Func<Instant> clock)
{
    /// <summary>Speaks chunks until there are none; failures are reported, not thrown.</summary>
    /// <param name="run">The reply.</param>
    /// <param name="chunks">Its chunks.</param>
    /// <param name="isFixed">Whether they are phrases that are said again and again: kept in the cache.</param>
    public async Task SpeakAsync(ReplyRun run, ChannelReader<SpokenChunk> chunks, bool isFixed)
    {
        using var voice = new ReplyVoice();
        bool failing = false;
        while (await chunks.WaitToReadAsync(run.Token))
        {
            while (chunks.TryRead(out SpokenChunk chunk))
                failing = !await TrySpeakChunkAsync(run, chunk, isFixed || chunk.IsFixed, voice, failing);
        }
    }

    private async Task<bool> TrySpeakChunkAsync(ReplyRun run, SpokenChunk chunk, bool isFixed, ReplyVoice voice, bool failing)
    {
        try
        {
            await SpeakChunkAsync(run, chunk, isFixed, voice);
            return true;
        }
        catch (OperationCanceledException) when (run.Token.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            SessionLog.SynthesizerFailed(context.Logger, context.Synthesizer.Name, run.Turn, exception);
            await inbox.PostAsync(new SessionInput.AudioEnds(run.Generation, chunk.Number, queue.Written));
            await inbox.PostAsync(new SessionInput.AudioLost(run.Generation, chunk.Number));
            // Once per row of failures: a voice that is down would fault with every sentence.
            if (!failing)
                await inbox.PostAsync(new SessionInput.Fault("tts_unavailable", "Speech synthesis failed; the answer is shown as text.", Fatal: false));
            return false;
        }
    }

    private async Task SpeakChunkAsync(ReplyRun run, SpokenChunk chunk, bool isFixed, ReplyVoice voice)
    {
        SynthesizerOptions options = context.Agent.Tts;
        var request = new SpeechRequest(chunk.Text.Text, context.Agent.Language, options.Voice, options.Rate);
        if (isFixed && context.Phrases?.Find(context.Synthesizer.Name, request) is { } kept)
        {
            run.FirstAudio ??= clock();
            await inbox.PostAsync(new SessionInput.AudioBegins(run.Generation, chunk.Number, queue.Written));
            if (kept.Words.Count > 0)
                await inbox.PostAsync(new SessionInput.AudioWords(run.Generation, chunk.Number, kept.Words, 0));
            await WriteAsync(run, kept.Pcm);
            await inbox.PostAsync(new SessionInput.AudioEnds(run.Generation, chunk.Number, queue.Written));
            return;
        }

        if (!isFixed || context.Phrases is not { } phrases || !phrases.TryBeginMaking(context.Synthesizer.Name, request))
        {
            await SynthesizeAsync(run, chunk, request, voice, kept: null);
            return;
        }

        try
        {
            List<short> pcm = [];
            IReadOnlyList<WordTiming> words = await SynthesizeAsync(run, chunk, request, voice, pcm);
            if (pcm.Count > 0)
                phrases.Add(context.Synthesizer.Name, request, new SpokenPhrase(CollectionsMarshal.AsSpan(pcm).ToArray(), words));
        }
        finally
        {
            phrases.EndMaking(context.Synthesizer.Name, request);
        }
    }

    /// <param name="run">The reply.</param>
    /// <param name="chunk">What is said.</param>
    /// <param name="request">How.</param>
    /// <param name="voice">Resamples.</param>
    /// <param name="kept">Collects what was said, or null; stays empty when another voice had to say it.</param>
    /// <returns>When its words begin, as far as it is kept.</returns>
    private async Task<IReadOnlyList<WordTiming>> SynthesizeAsync(ReplyRun run, SpokenChunk chunk, SpeechRequest request, ReplyVoice voice, List<short>? kept)
    {
        List<WordTiming> words = [];
        bool begun = false;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(run.Token);
        using var limit = new Deadline(context.Limits.FirstAudio, context.TimeProvider, stop.Token);
        var ahead = new SpeechReader(run, chunk, context.Agent.Language, voice, inbox, clock, isKept: kept is not null);
        Task reading = ahead.ReadAsync(limit.EnumerateAsync(context.Synthesizer.SynthesizeAsync(request, limit.Token), context.Limits.NextAudio), stop.Token);
        try
        {
            while (await ahead.Pieces.WaitToReadAsync(run.Token))
            {
                while (ahead.Pieces.TryRead(out SpeechReader.Piece piece))
                {
                    if (!begun)
                    {
                        // Speech may be made ahead of its commit; it waits here.
                        await run.WaitForCommitAsync(run.Token);
                        await inbox.PostAsync(new SessionInput.AudioBegins(run.Generation, chunk.Number, queue.Written));
                    }

                    begun = true;
                    words.AddRange(piece.Words);
                    await WriteAsync(run, chunk, piece, voice, kept);
                }
            }
        }
        finally
        {
            stop.Cancel();
            await reading;
        }

        if (!begun)
            throw new SpeechProviderException("The synthesizer returned no audio.");
        await inbox.PostAsync(new SessionInput.AudioEnds(run.Generation, chunk.Number, queue.Written));
        if (ahead.IsSubstitute)
            kept?.Clear();
        return kept is null ? [] : words.Count > 0 ? Shift(words, ahead.Trimmed) : ahead.Estimate();
    }

    // Both wait for room several times a second while the agent speaks: the pools spare an allocation each time.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteAsync(ReplyRun run, SpokenChunk chunk, SpeechReader.Piece piece, ReplyVoice voice, List<short>? kept)
    {
        if (piece.Words.Count > 0)
            await inbox.PostAsync(new SessionInput.AudioWords(run.Generation, chunk.Number, piece.Words, piece.Trimmed));
        ReadOnlyMemory<short> audio = piece.Audio;
        while (!audio.IsEmpty)
        {
            int slice = Math.Min(ReplyVoice.SliceSamples, audio.Length);
            ReadOnlyMemory<short> out48 = voice.Resample(audio[..slice], piece.SampleRate);
            audio = audio[slice..];
            kept?.AddRange(out48.Span);
            await WriteAsync(run, out48);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteAsync(ReplyRun run, ReadOnlyMemory<short> pcm)
    {
        while (true)
        {
            pcm = pcm[queue.Write(run.Generation, pcm.Span)..];
            if (pcm.IsEmpty)
                return;
            await room.WaitAsync(run.Token);
        }
    }

    private static List<WordTiming> Shift(List<WordTiming> words, long trimmed)
    {
        var shift = TimeSpan.FromSeconds((double)trimmed / PlayoutQueue.SampleRate);
        return words.ConvertAll(word => word with { Start = Positive(word.Start - shift), End = Positive(word.End - shift) });
    }

    private static TimeSpan Positive(TimeSpan time) => time < TimeSpan.Zero ? TimeSpan.Zero : time;
}
