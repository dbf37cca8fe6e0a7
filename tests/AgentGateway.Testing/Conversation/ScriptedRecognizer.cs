using System.Threading.Channels;
using AgentGateway.Conversation.Ports;

namespace AgentGateway.Testing.Conversation;

/// <summary>
/// Hears the words of <see cref="WordAudio"/>. A word is recognised once enough of it was written; partials come with each
/// word, the final <see cref="FinalDelay"/> after it was asked for.
/// </summary>
public sealed class ScriptedRecognizer(WordAudio words, TimeProvider time) : ISpeechRecognizer
{
    public string Name => "scripted";

    /// <summary>Length of a word in the audio.</summary>
    public TimeSpan PerWord { get; set; } = TimeSpan.FromMilliseconds(250);

    public TimeSpan FinalDelay { get; set; }

    /// <summary>Whether partials are produced.</summary>
    public bool Partials { get; set; } = true;

    /// <summary>Finds no words in anything.</summary>
    public bool Deaf { get; set; }

    /// <summary>Never answers when an utterance ends.</summary>
    public bool WithholdFinals { get; set; }

    /// <summary>What it thinks of the end of the turn, told with each final; null for a recogniser that does not think.</summary>
    public float? EndOfTurn { get; set; }

    /// <summary>How many of the next openings fail.</summary>
    public int FailingOpens { get; set; }

    /// <summary>Whether the next write fails.</summary>
    public bool FailNextWrite { get; set; }

    public int Opened { get; private set; }

    /// <summary>The finals given.</summary>
    public List<string> Finals { get; } = [];

    public long SamplesWritten { get; private set; }

    public ValueTask<IRecognitionSession> OpenAsync(RecognitionOptions options, CancellationToken cancellationToken)
    {
        if (FailingOpens > 0)
        {
            FailingOpens--;
            throw new SpeechProviderException("The recogniser refuses.");
        }

        Opened++;
        return ValueTask.FromResult<IRecognitionSession>(new Session(this));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Session(ScriptedRecognizer owner) : IRecognitionSession
    {
        private readonly Channel<RecognitionResult> _results = Channel.CreateBounded<RecognitionResult>(256);
        private readonly List<short> _audio = [];
        private int _utterance;
        private int _partialWords;

        public ChannelReader<RecognitionResult> Results => _results.Reader;

        private string Text => owner.Deaf ? "" : string.Join(' ', owner.Decode(_audio));

        public async ValueTask WriteAsync(ReadOnlyMemory<short> pcm, CancellationToken cancellationToken)
        {
            if (owner.FailNextWrite)
            {
                owner.FailNextWrite = false;
                throw new SpeechProviderException("The recogniser broke.");
            }

            owner.SamplesWritten += pcm.Length;
            _audio.AddRange(pcm.Span);
            string text = Text;
            int count = text.Length == 0 ? 0 : text.Count(c => c == ' ') + 1;
            if (owner.Partials && count > _partialWords)
                await _results.Writer.WriteAsync(new RecognitionResult(_utterance, text, IsFinal: false), cancellationToken);
            _partialWords = count;
        }

        public async ValueTask<int> EndUtteranceAsync(CancellationToken cancellationToken)
        {
            string text = Text;
            int ended = _utterance++;
            _audio.Clear();
            _partialWords = 0;
            if (owner.WithholdFinals)
                return ended;
            if (owner.FinalDelay > TimeSpan.Zero)
                await Task.Delay(owner.FinalDelay, owner.Time, cancellationToken);
            owner.Finals.Add(text);
            await _results.Writer.WriteAsync(new RecognitionResult(ended, text, IsFinal: true) { EndOfTurn = owner.EndOfTurn }, cancellationToken);
            return ended;
        }

        public ValueTask DisposeAsync()
        {
            _results.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }
    }

    private TimeProvider Time => time;

    private List<string> Decode(List<short> pcm) => words.Decode(pcm, PerWord, 16_000);
}
