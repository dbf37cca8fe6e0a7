using System.Globalization;
using System.Text;
using AgentGateway.Conversation.Log;
using AgentGateway.Conversation.TurnTaking;
using AgentGateway.Primitives;

namespace AgentGateway.TurnBench;

/// <summary>What a call's log says about one moment of it, on a line: why the agent stopped when it did, or went on.</summary>
internal static class CallTrace
{
    private static readonly TurnCommandKind[] Told =
    [
        TurnCommandKind.HoldPlayout, TurnCommandKind.ReleasePlayout, TurnCommandKind.CancelReply, TurnCommandKind.OpenUtterance,
        TurnCommandKind.EndUtterance, TurnCommandKind.CommitTurn, TurnCommandKind.StartReply, TurnCommandKind.CommitSpeculation,
    ];

    /// <summary>
    /// Voice windows as tenths of their probability (a letter from a on where they are mostly echo), commands and texts, each with its
    /// time in ms after <paramref name="from"/>.
    /// </summary>
    internal static string Between(BenchCall call, TimeSpan from, TimeSpan to)
    {
        if (!CallLogReader.TryOpen(call.Log, out CallLogReader? log, out string? problem))
            return problem!;
        var text = new StringBuilder();
        bool windows = false;
        while (log!.TryRead(out CallLogEntry entry))
        {
            TimeSpan at = entry.At - Instant.Zero;
            if (at < from || at > to)
                continue;
            int ms = (int)(at - from).TotalMilliseconds;
            switch (entry)
            {
                case CallLogEntry.Fact { Value: { Kind: TurnFactKind.Voice } voice }:
                    int tenth = Math.Clamp((int)(voice.Probability * 10), 0, 9);
                    text.Append(windows ? "" : Invariant($" {ms}:")).Append((char)((voice.EchoLikelihood >= 0.6f ? 'a' : '0') + tenth));
                    windows = true;
                    continue;
                case CallLogEntry.Fact { Value: { Kind: TurnFactKind.Transcript } heard }:
                    text.Append(Invariant($" {ms}:{(heard.IsFinal ? "final" : "partial")}({heard.Utterance})\"{heard.Text}\"{heard.Confidence:F2}"));
                    break;
                case CallLogEntry.Command { Value: var command } when Told.Contains(command.Kind):
                    text.Append(Invariant($" {ms}:{command.Kind.ToString().ToUpperInvariant()}"));
                    break;
                case CallLogEntry.Timeout { Timer: var timer }:
                    text.Append(Invariant($" {ms}:{timer}"));
                    break;
                default:
                    continue;
            }

            windows = false;
        }

        return text.ToString();
    }

    /// <summary>How often the engine commanded something.</summary>
    internal static int Count(BenchCall call, TurnCommandKind kind)
    {
        if (!CallLogReader.TryOpen(call.Log, out CallLogReader? log, out string? problem))
            throw new InvalidDataException(problem);
        int count = 0;
        while (log!.TryRead(out CallLogEntry entry))
            count += entry is CallLogEntry.Command { Value: var command } && command.Kind == kind ? 1 : 0;
        return count;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
