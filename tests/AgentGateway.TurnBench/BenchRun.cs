using AgentGateway.Conversation.Log;
using AgentGateway.Conversation.Log.Replay;
using AgentGateway.Conversation.Session;
using AgentGateway.Testing.Conversation;
using AgentGateway.TurnBench.Audio;
using AgentGateway.TurnBench.Engines;

namespace AgentGateway.TurnBench;

/// <summary>What the suites share.</summary>
/// <param name="Engines">The engines.</param>
/// <param name="Callers">The callers.</param>
/// <param name="Report">Where results go.</param>
/// <param name="Scale">1 for the full size; less for a quick look.</param>
internal sealed record BenchRun(BenchEngines Engines, Callers Callers, Report Report, double Scale)
{
    internal float[] Noise { get; } = Sounds.LoadNoise();

    internal int Replayed { get; private set; }

    /// <summary>Whether every call's events are printed.</summary>
    internal bool Verbose { get; init; }

    /// <summary>The levels of noise that are wanted; all when there is none.</summary>
    internal IReadOnlyList<string> Noises { get; init; } = [];

    internal List<string> Different { get; } = [];

    internal List<string> Violations { get; } = [];

    internal int Count(int full) => Math.Max(4, (int)(full * Scale));

    internal BenchCall Call(Line line, Func<ConversationContext, ConversationContext>? configure = null) => new(Engines, line, Noise, configure);

    /// <summary>Ends a call and replays its log: every call of the bench is one of the proof that the same log gives the same decisions.</summary>
    internal void End(BenchCall call)
    {
        if (Verbose)
        {
            foreach (Conversation.Events.ConversationEvent e in call.Events)
                Console.Error.WriteLine($"    {e.At.TotalMilliseconds,8:F0} {e}");
        }

        ReplayReport report = call.HangUp();
        Replayed++;
        if (!report.IsSame)
            Different.Add(report.ToString());
        if (!CallLogReader.TryOpen(call.Log, out CallLogReader? log, out string? problem))
            throw new InvalidDataException(problem);
        Violations.AddRange(CallLogInvariants.Check(log!));
    }
}
