using System.Threading.Channels;
using AgentGateway.Conversation.Ports;

namespace AgentGateway.LoadTest.Tone;

/// <summary>Takes audio and recognises nothing.</summary>
internal sealed class DeafRecognizer : ISpeechRecognizer
{
    public string Name => "deaf";

    public ValueTask<IRecognitionSession> OpenAsync(RecognitionOptions options, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IRecognitionSession>(new Session());

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Session : IRecognitionSession
    {
        private readonly Channel<RecognitionResult> _results = Channel.CreateUnbounded<RecognitionResult>();
        private int _utterance;

        public ChannelReader<RecognitionResult> Results => _results.Reader;

        public ValueTask WriteAsync(ReadOnlyMemory<short> pcm, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask<int> EndUtteranceAsync(CancellationToken cancellationToken)
        {
            _results.Writer.TryWrite(new RecognitionResult(_utterance, "", IsFinal: true));
            return ValueTask.FromResult(_utterance++);
        }

        public ValueTask DisposeAsync()
        {
            _results.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }
    }
}
