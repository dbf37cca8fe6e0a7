using System.Runtime.CompilerServices;
using System.Threading.Channels;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Engines;

namespace AgentGateway.Providers.Espeak;

/// <summary>
/// espeak-ng: over a hundred languages, 22.05 kHz, robotic, first audio in some 20 ms. Its state is global, so requests of all calls queue for it;
/// it makes speech some hundred times faster than real time. Word times come from its own events.
/// </summary>
public sealed class EspeakSynthesizer : ISpeechSynthesizer
{
    private const int MaxTextLength = 2000;

    // One gate per process, as there is one engine per process.
    private static readonly ComputeGate Gate = new(1, "espeak", TimeProvider.System);
    private readonly TimeProvider _time;

    private EspeakSynthesizer(TimeProvider time) => _time = time;

    /// <inheritdoc/>
    public string Name => "espeak";

    /// <summary>Loads the engine.</summary>
    /// <exception cref="SpeechProviderException">The library or its data is missing.</exception>
    public static EspeakSynthesizer Load(TimeProvider? time = null)
    {
        _ = EspeakEngine.SampleRate;
        return new EspeakSynthesizer(time ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<SpeechAudio> SynthesizeAsync(SpeechRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Text.Length > MaxTextLength)
            throw new ArgumentException($"A request has at most {MaxTextLength} characters, not {request.Text.Length}.", nameof(request));
        return SpeakAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async IAsyncEnumerable<SpeechAudio> SpeakAsync(SpeechRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long asked = _time.GetTimestamp();
        bool first = true;
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Channel<SpeechAudio> pieces = Channel.CreateUnbounded<SpeechAudio>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        Task making = Task.Run(() => MakeAsync(request, pieces.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (SpeechAudio piece in pieces.Reader.ReadAllAsync(cancellationToken))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (first)
                {
                    first = false;
                    SpeechMetrics.RecordFirstAudio(Name, _time.GetElapsedTime(asked));
                }

                yield return piece;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await making.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private static async Task MakeAsync(SpeechRequest request, ChannelWriter<SpeechAudio> pieces, CancellationToken cancellationToken)
    {
        try
        {
            await Gate.EnterAsync(cancellationToken);
            try
            {
                string voice = request.Voice ?? request.Language.ToLowerInvariant().Replace('_', '-');
                try
                {
                    EspeakEngine.Speak(request, voice, piece => pieces.TryWrite(piece), cancellationToken);
                }
                catch (SpeechProviderException) when (request.Voice is null && voice.Contains('-', StringComparison.Ordinal))
                {
                    // Not every region has a voice of its own: de-AT is spoken by de.
                    EspeakEngine.Speak(request, LanguageTag.Primary(voice), piece => pieces.TryWrite(piece), cancellationToken);
                }

                cancellationToken.ThrowIfCancellationRequested();
                pieces.Complete();
            }
            finally
            {
                Gate.Exit();
            }
        }
        catch (Exception e)
        {
            pieces.Complete(e);
        }
    }
}
