using System.Runtime.CompilerServices;
using AgentGateway.Conversation.Ports;

namespace AgentGateway.Calls.Tests.Support;

/// <summary>Says everything as a tone, which survives a speech codec.</summary>
internal sealed class ToneSynthesizer(TimeSpan length) : ISpeechSynthesizer
{
    private const int Rate = 48_000;

    public string Name => "tone";

    public async IAsyncEnumerable<SpeechAudio> SynthesizeAsync(SpeechRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        short[] pcm = new short[(int)(length.TotalSeconds * Rate)];
        for (int i = 0; i < pcm.Length; i++)
            pcm[i] = (short)(12_000 * Math.Sin(2 * Math.PI * 400 * i / Rate));
        yield return new SpeechAudio(pcm, Rate, []);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
