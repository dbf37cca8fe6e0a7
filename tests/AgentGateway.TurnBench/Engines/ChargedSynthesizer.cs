using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AgentGateway.Conversation.Ports;

namespace AgentGateway.TurnBench.Engines;

/// <summary>
/// The embedded voice on virtual time. What it says is made once and kept; the time its first piece costs to compute is waited
/// for each time.
/// </summary>
internal sealed class ChargedSynthesizer(SpokenTexts texts, TimeProvider time, TimeSpan cost) : ISpeechSynthesizer
{
    public string Name => texts.Name;

    /// <summary>Whether the words' times are told.</summary>
    public bool WithTimings { get; init; } = true;

    /// <summary>What was asked for, in order.</summary>
    public List<SpokenText> Said { get; } = [];

    public async IAsyncEnumerable<SpeechAudio> SynthesizeAsync(SpeechRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        SpokenText spoken = texts.Get(request);
        Said.Add(spoken);
        await Task.Delay(cost, time, cancellationToken);
        foreach (SpeechAudio piece in spoken.Pieces)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return WithTimings ? piece : piece with { Words = [] };
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A text as a voice says it.</summary>
/// <param name="Pieces">Its audio.</param>
internal sealed record SpokenText(IReadOnlyList<SpeechAudio> Pieces)
{
    internal int SampleRate => Pieces[0].SampleRate;

    internal short[] Pcm => [.. Pieces.SelectMany(piece => piece.Pcm.ToArray())];

    internal WordTiming[] Words => [.. Pieces.SelectMany(piece => piece.Words)];
}

/// <summary>The texts that a voice has said so far.</summary>
internal sealed partial class SpokenTexts(ISpeechSynthesizer inner)
{
    private readonly ConcurrentDictionary<SpeechRequest, SpokenText> _texts = new();

    internal string Name => inner.Name;

    internal SpokenText Get(SpeechRequest request) => _texts.GetOrAdd(request, Make);

    // The voice works on threads of its own; virtual time stands still until it has said everything. flite's statistical voices take their breath from
    // the C library's random numbers, which the whole process shares: each text begins with the same ones, or it would sound as what came before it.
    private SpokenText Make(SpeechRequest request) => Task.Run(async () =>
    {
        SeedNoise(1);
        List<SpeechAudio> pieces = [];
        await foreach (SpeechAudio piece in inner.SynthesizeAsync(request, CancellationToken.None))
            pieces.Add(piece);
        return new SpokenText(pieces);
    }).GetAwaiter().GetResult();

    [LibraryImport("libc", EntryPoint = "srand")]
    private static partial void SeedNoise(uint seed);
}
