using AgentGateway.Conversation.Log;
using AgentGateway.Conversation.Log.Replay;

namespace AgentGateway.Properties.Fuzz;

/// <summary>Logs of calls as they come with bug reports: read, replayed and made a transcript of, whatever is in them.</summary>
internal static class LogTargets
{
    private static readonly byte[][] Pieces =
    [
        [0x80], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0x80, 0x80, 0x10], [0x00],
        .. new[] { "Kind", "Probability", "Position", "Duration", "ReceivedAt", "Generation", "Watchdog", "Voice", "Transcript" }.Select(System.Text.Encoding.UTF8.GetBytes),
        .. Enumerable.Range(1, 8).Select(kind => new[] { (byte)2, (byte)kind, (byte)0 }),
    ];

    // Beside the entries themselves: the header by reflection, and what the engine decides, in words where it differs.
    public static IEnumerable<FuzzTarget> All =>
        [new("call-log", CallLog, 400_000) { AllocatedPerInputByte = 2_000, MaxLength = 6_000, Rounds = 3_000, Dictionary = Pieces }];

    private static int CallLog(ReadOnlySpan<byte> input)
    {
        var behaviour = default(Behaviour);
        byte[] file = input.ToArray();
        if (!CallLogReader.TryOpen(file, out CallLogReader? log, out string? problem))
        {
            Assert.Matches(@"\(Byte \d+\.\)$", problem);
            behaviour.Add(problem!.Length);
            return behaviour.Value;
        }

        long entries = 0;
        while (log!.TryRead(out CallLogEntry entry))
        {
            entries++;
            behaviour.Add(entry.GetType().Name.Length);
        }

        Assert.NotEqual(CallLogEnd.NotReached, log.End);
        Assert.Equal(log.End is CallLogEnd.Damaged or CallLogEnd.Truncated, log.Problem is not null);
        behaviour.Add((int)log.End);
        behaviour.AddSize(log.Unknown.Count);

        ReplayReport report = CallReplay.Run(Open(file));
        Assert.True(report.Facts + report.Timeouts + report.Commands <= entries);
        behaviour.Add(report.Divergence is null);
        behaviour.AddSize(report.Commands);
        behaviour.AddSize(CallTranscript.Of(Open(file)).Lines.Count);
        return behaviour.Value;
    }

    private static CallLogReader Open(byte[] file)
    {
        Assert.True(CallLogReader.TryOpen(file, out CallLogReader? log, out string? problem), problem);
        return log!;
    }
}
