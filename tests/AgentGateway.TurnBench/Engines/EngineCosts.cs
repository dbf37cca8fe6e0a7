using AgentGateway.Audio;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Recognition;
using AgentGateway.Providers.Sherpa;
using AgentGateway.Testing;

namespace AgentGateway.TurnBench.Engines;

/// <summary>
/// What the embedded engines' computations cost in virtual time. The same for each of a kind, because the processor time of one varies from run to
/// run, and with it the order of results and every figure: with fixed costs a run is a function of the build and the recordings alone.
/// </summary>
/// <param name="Partial">Recognising one more piece of an utterance.</param>
/// <param name="Final">Recognising the rest of an utterance, once it has ended.</param>
/// <param name="Voice">The voice's first piece of audio.</param>
/// <param name="EndOfTurn">Hearing whether a turn is over.</param>
internal sealed record EngineCosts(TimeSpan Partial, TimeSpan Final, TimeSpan Voice, TimeSpan EndOfTurn)
{
    private const int Share = 95;

    /// <summary>What was measured on two cores of a server, rounded up.</summary>
    internal static EngineCosts Reference { get; } = new(
        Partial: TimeSpan.FromMilliseconds(10), Final: TimeSpan.FromMilliseconds(20), Voice: TimeSpan.FromMilliseconds(20), EndOfTurn: TimeSpan.FromMilliseconds(3));

    public override string ToString() => FormattableString.Invariant(
        $"partial {Partial.TotalMilliseconds:F1} ms, final {Final.TotalMilliseconds:F1} ms, first audio {Voice.TotalMilliseconds:F1} ms, end of turn {EndOfTurn.TotalMilliseconds:F1} ms");

    /// <summary>
    /// Measures this machine, in processor time so that other programs do not count: the cost of each kind is one that 95 of 100 such
    /// computations stay below.
    /// </summary>
    internal static async Task<EngineCosts> MeasureAsync(SherpaRecognizer recognizer, ISpeechSynthesizer voice, IEndOfTurnModel endOfTurn)
    {
        List<TimeSpan> partials = [];
        List<TimeSpan> finals = [];
        List<TimeSpan> voices = [];
        List<TimeSpan> ends = [];
        List<short[]> turns = [];
        foreach (Recording recording in Recordings.All.Where(r => r is { SampleRate: 16_000, Channels: 1, Seconds: < 8 and > 1.5 }).Take(16))
        {
            short[] pcm = WavReader.ReadAllMono(recording.Path, out _);
            await using IUtteranceDecoder decoder = recognizer.CreateDecoder();
            for (int at = 0; at + 320 <= pcm.Length; at += 320)
            {
                TimeSpan before = Environment.CpuUsage.TotalTime;
                decoder.Accept(pcm.AsSpan(at, 320));
                if (await decoder.DecodeAsync(CancellationToken.None) is not null)
                    partials.Add(Environment.CpuUsage.TotalTime - before);
            }

            TimeSpan ended = Environment.CpuUsage.TotalTime;
            await decoder.FinishAsync(CancellationToken.None);
            finals.Add(Environment.CpuUsage.TotalTime - ended);
            turns.Add(pcm);
        }

        for (int n = 0; n < 20; n++)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            await foreach (SpeechAudio piece in voice.SynthesizeAsync(new SpeechRequest($"Okay, I have noted number {n}.", "en", null), CancellationToken.None))
            {
                voices.Add(Environment.CpuUsage.TotalTime - before);
                break;
            }
        }

        // Managed code: it is compiled well once it has run for a while.
        using IEndOfTurnDetector detector = endOfTurn.Create();
        for (int n = 0; n < 200; n++)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            detector.Predict(turns[n % turns.Count]);
            if (n >= 100)
                ends.Add(Environment.CpuUsage.TotalTime - before);
        }

        return new EngineCosts(Typical(partials), Typical(finals), Typical(voices), Typical(ends));
    }

    // The first ones compile what they call.
    private static TimeSpan Typical(List<TimeSpan> times) => times.Skip(2).Order().ElementAt((times.Count - 2) * Share / 100);
}
