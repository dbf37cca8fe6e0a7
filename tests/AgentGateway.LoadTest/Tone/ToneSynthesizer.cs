using System.Runtime.CompilerServices;
using AgentGateway.Conversation.Ports;

namespace AgentGateway.LoadTest.Tone;

/// <summary>A 440 Hz sine at -12 dBFS: 5 s for every sentence, whatever it says.</summary>
internal sealed class ToneSynthesizer : ISpeechSynthesizer
{
    private const int Rate = 48000;
    private const int Frequency = 440;
    private const int PiecesPerSentence = 50;

    // A tenth of a second holds 44 whole periods, so that the pieces join.
    private static readonly short[] Piece =
        [.. Enumerable.Range(0, Rate / 10).Select(i => (short)(8192 * Math.Sin(2 * Math.PI * Frequency * i / Rate)))];

    public string Name => "tone";

    public async IAsyncEnumerable<SpeechAudio> SynthesizeAsync(SpeechRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var audio = new SpeechAudio(Piece, Rate, []);
        for (int i = 0; i < PiecesPerSentence; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return audio;
            await Task.CompletedTask;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
