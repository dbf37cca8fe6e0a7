using System.Runtime.CompilerServices;
using AgentGateway.Conversation.Ports;

namespace AgentGateway.LoadTest.Tone;

/// <summary>A sine at -12 dBFS: 5 s for every sentence, whatever it says.</summary>
/// <param name="frequency">In Hz, a multiple of 10: a tenth of a second holds whole periods, so that the pieces join.</param>
internal sealed class ToneSynthesizer(int frequency) : ISpeechSynthesizer
{
    private const int Rate = 48000;
    private const int PiecesPerSentence = 50;

    private readonly short[] _piece =
        [.. Enumerable.Range(0, Rate / 10).Select(i => (short)(8192 * Math.Sin(2 * Math.PI * frequency * i / Rate)))];

    public string Name => "tone";

    public async IAsyncEnumerable<SpeechAudio> SynthesizeAsync(SpeechRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var audio = new SpeechAudio(_piece, Rate, []);
        for (int i = 0; i < PiecesPerSentence; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return audio;
            await Task.CompletedTask;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
