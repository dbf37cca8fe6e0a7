using System.Threading.Channels;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Recognition;
using AgentGateway.Providers.Sherpa;

namespace AgentGateway.TurnBench.Engines;

/// <summary>The embedded recogniser on virtual time: its results come as late as its computing took, or a fixed time each.</summary>
internal sealed class ChargedRecognizer(SherpaRecognizer inner, TimeProvider time, TimeSpan? charge) : ISpeechRecognizer
{
    public string Name => inner.Name;

    public ValueTask<IRecognitionSession> OpenAsync(RecognitionOptions options, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IRecognitionSession>(new Session(inner.CreateDecoder(), time, charge));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Session(IUtteranceDecoder decoder, TimeProvider time, TimeSpan? charge) : IRecognitionSession
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
            string? text = null;
            TimeSpan took = ComputeTime.Of(() =>
            {
                decoder.Accept(pcm.Span);
                text = decoder.DecodeAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
            });
            if (text is null)
                return ValueTask.CompletedTask;
            Charge(took);
            if (text != _shown)
                Emit(new RecognitionResult(_utterance, text, IsFinal: false) { Confidence = decoder.Confidence });
            _shown = text;
            return ValueTask.CompletedTask;
        }

        public ValueTask<int> EndUtteranceAsync(CancellationToken cancellationToken)
        {
            string text = "";
            Charge(ComputeTime.Of(() => text = decoder.FinishAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult()));
            Emit(new RecognitionResult(_utterance, text, IsFinal: true) { Confidence = decoder.Confidence });
            _shown = "";
            return ValueTask.FromResult(_utterance++);
        }

        public async ValueTask DisposeAsync()
        {
            await decoder.DisposeAsync();
            _results.Writer.TryComplete();
        }

        private void Charge(TimeSpan took) => _busyUntil = (_busyUntil > Now ? _busyUntil : Now) + (charge ?? took);

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
