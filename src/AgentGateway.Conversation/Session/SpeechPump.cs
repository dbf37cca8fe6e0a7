using System.Runtime.InteropServices;
using System.Threading.Channels;
using AgentGateway.Audio;
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
    private const int SliceSamples = 480;

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

        List<short>? pcm = isFixed && context.Phrases is not null ? [] : null;
        List<WordTiming> words = [];
        bool begun = false;
        long trimmed = 0;
        using var limit = new Deadline(context.Limits.FirstAudio, context.TimeProvider, run.Token);
        await foreach (SpeechAudio piece in limit.EnumerateAsync(context.Synthesizer.SynthesizeAsync(request, limit.Token), context.Limits.NextAudio))
        {
            run.FirstAudio ??= clock();
            ReadOnlyMemory<short> audio = voice.Trim(piece, out int cut);
            trimmed += (long)cut * PlayoutQueue.SampleRate / piece.SampleRate;
            if (!begun)
            {
                // Speech may be made ahead of its commit; it waits here.
                await run.WaitForCommitAsync(run.Token);
                await inbox.PostAsync(new SessionInput.AudioBegins(run.Generation, chunk.Number, queue.Written));
            }

            begun = true;
            if (piece.Words.Count > 0)
            {
                words.AddRange(piece.Words);
                await inbox.PostAsync(new SessionInput.AudioWords(run.Generation, chunk.Number, piece.Words, trimmed));
            }

            while (!audio.IsEmpty)
            {
                int slice = Math.Min(SliceSamples, audio.Length);
                ReadOnlyMemory<short> out48 = voice.Resample(audio[..slice], piece.SampleRate);
                audio = audio[slice..];
                pcm?.AddRange(out48.Span);
                await WriteAsync(run, out48);
            }
        }

        if (!begun)
            throw new SpeechProviderException("The synthesizer returned no audio.");
        await inbox.PostAsync(new SessionInput.AudioEnds(run.Generation, chunk.Number, queue.Written));
        if (pcm is { Count: > 0 })
            context.Phrases!.Add(context.Synthesizer.Name, request, new SpokenPhrase(CollectionsMarshal.AsSpan(pcm).ToArray(), Shift(words, trimmed)));
    }

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

    /// <summary>What one reply's audio keeps between its pieces.</summary>
    private sealed class ReplyVoice : IDisposable
    {
        // -42 dBFS: engines begin with a stretch of near silence that a caller would wait through.
        private const int TrimLevel = 256;
        private static readonly TimeSpan Kept = TimeSpan.FromMilliseconds(5);

        private readonly short[] _output = new short[(SliceSamples * 6) + 8];
        private Resampler? _resampler;
        private bool _begun;

        /// <summary>Cuts the silence off the beginning of a reply.</summary>
        public ReadOnlyMemory<short> Trim(SpeechAudio piece, out int cut)
        {
            cut = 0;
            if (_begun)
                return piece.Pcm;
            ReadOnlySpan<short> samples = piece.Pcm.Span;
            int first = samples.IndexOfAnyExceptInRange((short)-TrimLevel, (short)TrimLevel);
            _begun = first >= 0;
            int kept = (int)(Kept.TotalSeconds * piece.SampleRate);
            cut = Math.Max(0, (first < 0 ? samples.Length : first) - kept);
            return piece.Pcm[cut..];
        }

        public ReadOnlyMemory<short> Resample(ReadOnlyMemory<short> pcm, int rate)
        {
            if (rate == PlayoutQueue.SampleRate)
                return pcm;
            if (_resampler?.InRate != rate)
            {
                _resampler?.Dispose();
                _resampler = new Resampler(rate, PlayoutQueue.SampleRate);
            }

            int count = _resampler.Process(pcm.Span, _output);
            return _output.AsMemory(0, count);
        }

        public void Dispose() => _resampler?.Dispose();
    }
}
