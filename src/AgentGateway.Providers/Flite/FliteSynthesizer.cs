using System.Runtime.CompilerServices;
using System.Threading.Channels;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Engines;

namespace AgentGateway.Providers.Flite;

/// <summary>
/// flite's English voices: 16 kHz, first audio within some tens of milliseconds, no files besides Debian's libflite1. A request is split into sentences, and
/// each sentence's audio is handed out while it is made; word times come from the voice's own duration model.
/// </summary>
public sealed class FliteSynthesizer : ISpeechSynthesizer
{
    private const int MaxTextLength = 2000;
    private const int SampleRate = 16000;
    private readonly FliteOptions _options;
    private readonly ComputeGate _gate;
    private readonly TimeProvider _time;

    private FliteSynthesizer(FliteOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        Name = "flite:" + options.DefaultVoice;
        _gate = new ComputeGate(options.MaxConcurrency, Name, time);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>The voices that can be asked for.</summary>
    public static IReadOnlyCollection<string> Voices => FliteVoice.Names;

    /// <summary>Loads the default voice.</summary>
    /// <exception cref="SpeechProviderException">The library is missing or the voice does not exist.</exception>
    public static FliteSynthesizer Load(FliteOptions? options = null, TimeProvider? time = null)
    {
        options ??= new FliteOptions();
        FliteVoice.Get(options.DefaultVoice);
        return new FliteSynthesizer(options, time ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<SpeechAudio> SynthesizeAsync(SpeechRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Text.Length > MaxTextLength)
            throw new ArgumentException($"A request has at most {MaxTextLength} characters, not {request.Text.Length}.", nameof(request));
        if (!LanguageTag.IsSame(request.Language, "en"))
            throw new SpeechProviderException($"flite speaks English, not {request.Language}: use the provider espeak or auto.");
        FliteVoice voice = FliteVoice.Get(request.Voice ?? _options.DefaultVoice);
        return SynthesizeAsync(voice, request, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async IAsyncEnumerable<SpeechAudio> SynthesizeAsync(
        FliteVoice voice, SpeechRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long asked = _time.GetTimestamp();
        bool first = true;
        TimeSpan offset = TimeSpan.Zero;
        double rate = Math.Clamp(request.Rate, 0.5, 2.0);
        foreach ((int start, int length) in SentenceSplitter.Split(request.Text))
        {
            FliteText text = FliteText.From(request.Text.AsSpan(start, length), start);
            if (!text.IsSpeakable)
                continue;

            // The next sentence is made only when the consumer has taken this one, which bounds what is made in vain before a barge-in.
            // A sentence's audio itself is bounded by the text's length.
            using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Channel<SpeechAudio> pieces = Channel.CreateUnbounded<SpeechAudio>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
            TimeSpan at = offset;
            Task<TimeSpan> making = Task.Run(() => MakeAsync(voice, text, rate, at, pieces.Writer, stop.Token), CancellationToken.None);
            try
            {
                await foreach (SpeechAudio piece in pieces.Reader.ReadAllAsync(cancellationToken))
                {
                    cancellationToken.ThrowIfCancellationRequested(); // Pieces made already are not said either.
                    if (first)
                    {
                        first = false;
                        SpeechMetrics.RecordFirstAudio(Name, _time.GetElapsedTime(asked));
                    }

                    yield return piece;
                }

                offset += await making;
            }
            finally
            {
                await stop.CancelAsync();
                await ((Task)making).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (first)
            yield return new SpeechAudio(ReadOnlyMemory<short>.Empty, SampleRate, []); // Nothing to say is no failure.
    }

    private async Task<TimeSpan> MakeAsync(
        FliteVoice voice, FliteText text, double rate, TimeSpan offset, ChannelWriter<SpeechAudio> pieces, CancellationToken cancellationToken)
    {
        try
        {
            await _gate.EnterAsync(cancellationToken);
            try
            {
                TimeSpan length = FliteUtterance.Run(
                    voice, text, rate, _options.ChunkSamples, offset, piece => pieces.TryWrite(piece), cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
                pieces.Complete();
                return length;
            }
            finally
            {
                _gate.Exit();
            }
        }
        catch (Exception e)
        {
            pieces.Complete(e);
            throw;
        }
    }
}
