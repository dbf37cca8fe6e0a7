using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Flite;

namespace AgentGateway.Providers.Engines;

/// <summary>flite for English, espeak-ng for other languages and for voices that flite does not have. Owns neither.</summary>
internal sealed class AutoSynthesizer(ISpeechSynthesizer english, ISpeechSynthesizer others) : ISpeechSynthesizer
{
    public string Name => "auto";

    public IAsyncEnumerable<SpeechAudio> SynthesizeAsync(SpeechRequest request, CancellationToken cancellationToken)
    {
        bool flite = LanguageTag.IsSame(request.Language, "en") &&
            (request.Voice is null || FliteSynthesizer.Voices.Contains(request.Voice, StringComparer.OrdinalIgnoreCase));
        return (flite ? english : others).SynthesizeAsync(request, cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
