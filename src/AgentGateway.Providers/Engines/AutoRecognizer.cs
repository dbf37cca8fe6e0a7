using AgentGateway.Conversation.Ports;

namespace AgentGateway.Providers.Engines;

/// <summary>The streaming recogniser for its language, Whisper for the others when it is configured. Owns neither.</summary>
internal sealed class AutoRecognizer(ISpeechRecognizer main, string mainLanguage, ISpeechRecognizer? others) : ISpeechRecognizer
{
    public string Name => main.Name;

    public ValueTask<IRecognitionSession> OpenAsync(RecognitionOptions options, CancellationToken cancellationToken)
    {
        ISpeechRecognizer chosen = others is null || LanguageTag.IsSame(options.Language, mainLanguage) ? main : others;
        return chosen.OpenAsync(options, cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
