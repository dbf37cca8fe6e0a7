using System.Threading.Channels;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Recognition;
using AgentGateway.Providers.Sherpa;

namespace AgentGateway.TurnBench.Engines;

/// <summary>The embedded recogniser on virtual time: its results come as late as computing them costs.</summary>
internal sealed class ChargedRecognizer(SherpaRecognizer inner, TimeProvider time, EngineCosts costs) : ISpeechRecognizer
{
    public string Name => inner.Name;

    public ValueTask<IRecognitionSession> OpenAsync(RecognitionOptions options, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IRecognitionSession>(new Session(inner.CreateDecoder(), time, costs));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Session(IUtteranceDecoder decoder, TimeProvider time, EngineCosts costs) : IRecognitionSession
    {
        private readonly Channel<RecognitionResult> _results = Channel.CreateUnbounded<RecognitionResult>();
        private readonly long _start = time.GetTimestamp();
        private TimeSpan _busyUntil;
        private Task _emitting = Task.CompletedTask;
        private string _shown = "";
        private int _utterance;

        public ChannelReader<RecognitionResult> Results => _results.Reader;

        private TimeSpan Now => time.GetElapsedTime(_start);

        public ValueTask WriteAsync(ReadOnlyMemory<short> pcm, CancellationToken cancellationToken)
        {
            decoder.Accept(pcm.Span);
            if (Completed(decoder.DecodeAsync(CancellationToken.None)) is not { } text)
                return ValueTask.CompletedTask;
            Charge(costs.Partial);
            if (text != _shown)
                Emit(new RecognitionResult(_utterance, text, IsFinal: false) { Confidence = decoder.Confidence });
            _shown = text;
            return ValueTask.CompletedTask;
        }

        public ValueTask<int> EndUtteranceAsync(CancellationToken cancellationToken)
        {
            string text = Completed(decoder.FinishAsync(CancellationToken.None));
            Charge(costs.Final);
            Emit(new RecognitionResult(_utterance, text, IsFinal: true) { Confidence = decoder.Confidence });
            _shown = "";
            return ValueTask.FromResult(_utterance++);
        }

        public async ValueTask DisposeAsync()
        {
            await decoder.DisposeAsync();
            _results.Writer.TryComplete();
        }

        // One session at a time: the gate never makes a decoder wait, and so nothing leaves this thread.
        private static T Completed<T>(ValueTask<T> computing) =>
            computing.IsCompleted ? computing.Result : throw new InvalidOperationException("The recogniser was busy with something else.");

        private void Charge(TimeSpan cost) => _busyUntil = (_busyUntil > Now ? _busyUntil : Now) + cost;

        private void Emit(RecognitionResult result) => _emitting = EmitAsync(_emitting, _busyUntil - Now, result);

        private async Task EmitAsync(Task before, TimeSpan delay, RecognitionResult result)
        {
            if (delay > TimeSpan.Zero)
                await Task.Delay(delay, time);
            await before;
            _results.Writer.TryWrite(result);
        }
    }
}
