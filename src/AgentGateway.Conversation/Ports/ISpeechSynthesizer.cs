namespace AgentGateway.Conversation.Ports;

/// <summary>A text-to-speech engine or vendor, shared by all calls. Thread-safe.</summary>
public interface ISpeechSynthesizer : IAsyncDisposable
{
    /// <summary>A short stable name for metrics and logs, such as "flite:rms".</summary>
    string Name { get; }

    /// <summary>
    /// Speaks one chunk of text (a clause or a sentence). Audio is yielded as soon as it exists.
    /// Stops promptly when cancelled.
    /// </summary>
    /// <exception cref="SpeechProviderException">The provider failed, or the voice does not exist.</exception>
    IAsyncEnumerable<SpeechAudio> SynthesizeAsync(SpeechRequest request, CancellationToken cancellationToken);
}
