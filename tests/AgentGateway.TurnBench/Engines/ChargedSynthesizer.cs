using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using AgentGateway.Conversation.Ports;

namespace AgentGateway.TurnBench.Engines;

/// <summary>
/// The embedded voice on virtual time. What it says is made once and kept; the time its first piece took to compute is waited for
/// each time.
/// </summary>
internal sealed class ChargedSynthesizer(SpokenTexts texts, TimeProvider time) : ISpeechSynthesizer
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
        if (spoken.FirstPieceAfter > TimeSpan.Zero)
            await Task.Delay(spoken.FirstPieceAfter, time, cancellationToken);
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
/// <param name="FirstPieceAfter">How long the first piece took to compute.</param>
internal sealed record SpokenText(IReadOnlyList<SpeechAudio> Pieces, TimeSpan FirstPieceAfter)
{
    internal int SampleRate => Pieces[0].SampleRate;

    internal short[] Pcm => [.. Pieces.SelectMany(piece => piece.Pcm.ToArray())];

    internal WordTiming[] Words => [.. Pieces.SelectMany(piece => piece.Words)];
}

/// <summary>The texts that a voice has said so far.</summary>
internal sealed class SpokenTexts(ISpeechSynthesizer inner, TimeSpan? charge)
{
    private readonly ConcurrentDictionary<SpeechRequest, SpokenText> _texts = new();

    internal string Name => inner.Name;

    internal SpokenText Get(SpeechRequest request) => _texts.GetOrAdd(request, Make);

    private SpokenText Make(SpeechRequest request)
    {
        List<SpeechAudio> pieces = [];
        TimeSpan first = TimeSpan.Zero;
        TimeSpan before = Environment.CpuUsage.TotalTime;
        ComputeTime.Run(async () =>
        {
            await foreach (SpeechAudio piece in inner.SynthesizeAsync(request, CancellationToken.None))
            {
                if (pieces.Count == 0)
                    first = Environment.CpuUsage.TotalTime - before;
                pieces.Add(piece);
            }

            return true;
        });
        return new SpokenText(pieces, charge ?? first);
    }
}
