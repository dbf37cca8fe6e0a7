using System.Threading.Channels;

namespace AgentGateway.Conversation.Ports;

/// <summary>
/// The recognition of one caller's audio as a sequence of utterances. Audio is written in order by one writer; results
/// come through <see cref="Results"/>. An utterance lasts from the first audio written after the previous
/// <see cref="EndUtteranceAsync"/> to the next one.
/// </summary>
public interface IRecognitionSession : IAsyncDisposable
{
    /// <summary>
    /// Partial and final results in order. Bounded by the engine: a partial may replace an unread partial, a final is
    /// never dropped. Completes when the session is disposed; completes with an error when the provider failed for good.
    /// </summary>
    ChannelReader<RecognitionResult> Results { get; }

    /// <summary>Feeds audio. Returns once it was taken (which may include waiting for the shared model).</summary>
    /// <param name="pcm">16 kHz mono PCM16, any length up to one second.</param>
    /// <param name="cancellationToken">Ends the wait; the audio may be lost then.</param>
    ValueTask WriteAsync(ReadOnlyMemory<short> pcm, CancellationToken cancellationToken);

    /// <summary>
    /// Says that the caller paused: the engine flushes what it holds and emits exactly one result with
    /// <see cref="RecognitionResult.IsFinal"/> (empty text when nothing was recognised), then begins a new utterance.
    /// </summary>
    /// <returns>The id of the utterance that was ended; its final result carries the same id.</returns>
    ValueTask<int> EndUtteranceAsync(CancellationToken cancellationToken);
}
