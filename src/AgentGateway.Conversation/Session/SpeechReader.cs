using System.Threading.Channels;
using AgentGateway.Conversation.Ports;
using AgentGateway.Conversation.Speech;
using AgentGateway.Conversation.Speech.Alignment;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.Session;

/// <summary>
/// Takes a chunk's audio from the synthesizer ahead of what the playout queue has room for, so that the whole chunk is known early:
/// where the voice does not tell when its words are, they are estimated from the audio.
/// </summary>
/// <param name="run">The reply.</param>
/// <param name="chunk">What of it is spoken.</param>
/// <param name="language">BCP 47 language.</param>
/// <param name="voice">Of the reply.</param>
/// <param name="inbox">Is told what the audio looks like.</param>
/// <param name="clock">Media time.</param>
/// <param name="isKept">Whether <see cref="Estimate"/> will be asked for.</param>
internal sealed class SpeechReader(ReplyRun run, SpokenChunk chunk, string language, ReplyVoice voice, SessionInbox inbox, Func<Instant> clock, bool isKept)
{
    // Some seconds of a voice that streams; one that makes a sentence at once holds it in any case.
    private const int MaxPieces = 256;

    // Half a second: what is worth telling.
    private const int ShapeFrames = SpeechEnvelope.Rate / 2;

    private readonly Channel<Piece> _pieces = Channel.CreateBounded<Piece>(
        new BoundedChannelOptions(MaxPieces) { SingleReader = true, SingleWriter = true, AllowSynchronousContinuations = true });

    private readonly SpeechEnvelope _envelope = new();
    private readonly List<SpeechFrame> _frames = [];
    private bool _timed;

    /// <summary>The audio; fails as the synthesizer failed.</summary>
    public ChannelReader<Piece> Pieces => _pieces.Reader;

    /// <summary>Samples at 48 kHz that were cut off the beginning.</summary>
    public long Trimmed { get; private set; }

    /// <summary>Whether another voice than the agent's spoke.</summary>
    public bool IsSubstitute { get; private set; }

    /// <summary>Reads to the end. Never throws.</summary>
    public async Task ReadAsync(IAsyncEnumerable<SpeechAudio> speech, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (SpeechAudio piece in speech)
            {
                run.FirstAudio ??= clock();
                ReadOnlyMemory<short> audio = voice.Trim(piece, out int cut);
                Trimmed += (long)cut * PlayoutQueue.SampleRate / piece.SampleRate;
                _timed |= piece.Words.Count > 0;
                IsSubstitute |= piece.IsSubstitute;
                if (!_timed)
                    await MeasureAsync(audio, piece.SampleRate);
                await _pieces.Writer.WriteAsync(new Piece(audio, piece.SampleRate, piece.Words, Trimmed), cancellationToken);
            }

            if (!_timed)
                await TellAsync(isComplete: true);
            _pieces.Writer.Complete();
        }
        catch (Exception exception)
        {
            _pieces.Writer.Complete(exception);
        }
    }

    /// <summary>The words' times, estimated from the whole audio, for a phrase that is kept.</summary>
    public List<WordTiming> Estimate()
    {
        var aligner = new WordAligner(chunk.Text.Text, language);
        aligner.Add([.. _frames]);
        List<WordTiming> words = [];
        (int Text, TimeSpan Time) last = default;
        foreach (WordEnd end in aligner.Align(isComplete: true))
        {
            words.Add(new WordTiming(last.Text, end.TextEnd - last.Text, last.Time, end.Time));
            last = (end.TextEnd, end.Time);
        }

        return words;
    }

    private async ValueTask MeasureAsync(ReadOnlyMemory<short> audio, int sampleRate)
    {
        _envelope.Add(audio.Span, sampleRate);
        if (_envelope.Waiting >= ShapeFrames)
            await TellAsync(isComplete: false);
    }

    private ValueTask TellAsync(bool isComplete)
    {
        SpeechFrame[] frames = _envelope.Take();
        if (isKept)
            _frames.AddRange(frames);
        return inbox.PostAsync(new SessionInput.AudioShape(run.Generation, chunk.Number, frames, isComplete));
    }

    /// <summary>A piece of audio, ready to be resampled.</summary>
    /// <param name="Audio">What is played of it.</param>
    /// <param name="SampleRate">Its rate.</param>
    /// <param name="Words">The words it tells of.</param>
    /// <param name="Trimmed">Samples at 48 kHz that were cut off the beginning up to here.</param>
    internal readonly record struct Piece(ReadOnlyMemory<short> Audio, int SampleRate, IReadOnlyList<WordTiming> Words, long Trimmed);
}
