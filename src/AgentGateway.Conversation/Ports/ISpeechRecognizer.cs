namespace AgentGateway.Conversation.Ports;

/// <summary>A speech-to-text engine or vendor, shared by all calls. Thread-safe.</summary>
public interface ISpeechRecognizer : IAsyncDisposable
{
    /// <summary>A short stable name for metrics, logs and the console page, such as "sherpa:zipformer-en".</summary>
    string Name { get; }

    /// <summary>Opens the recognition of one caller's audio.</summary>
    /// <exception cref="SpeechProviderException">The provider refused or could not be reached.</exception>
    ValueTask<IRecognitionSession> OpenAsync(RecognitionOptions options, CancellationToken cancellationToken);
}
