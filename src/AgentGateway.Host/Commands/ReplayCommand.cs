using System.Diagnostics;
using System.Globalization;
using AgentGateway.Conversation.Log;
using AgentGateway.Conversation.Log.Replay;

namespace AgentGateway.Host.Commands;

/// <summary>
/// <c>replay FILE</c>: runs the engine of a logged call again and compares its decisions. Exit code 0: the same; 1: another decision;
/// 2: the file cannot be read, or not to its end.
/// </summary>
internal static class ReplayCommand
{
    internal const string Name = "replay";

    private const string Usage = """
        usage: replay FILE               runs the call's engine again and compares its decisions
               replay --entries FILE     prints every entry of the log
               replay --transcript FILE  prints what was said and heard
        """;

    internal static int Run(string[] args, TextWriter output, TextWriter error)
    {
        if (args is not ([_] or ["--entries" or "--transcript", _]) || (args is [var only] && only.StartsWith('-')))
        {
            error.WriteLine(Usage);
            return 2;
        }

        string path = args[^1];
        try
        {
            CallLogReader log = CallLogReader.Open(path);
            CultureInfo culture = CultureInfo.InvariantCulture;
            output.WriteLine(string.Create(culture, $"call {log.Header.CallId} to {log.Header.Agent} ({log.Header.AgentVersion}), {log.Header.StartedAt:u}, {log.Length / 1024.0:F0} KB, written by {log.Header.Gateway}"));
            return args switch
            {
                ["--entries", _] => PrintEntries(log, output),
                ["--transcript", _] => PrintTranscript(log, output),
                _ => Replay(log, output),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            error.WriteLine($"error: {path}: {e.Message}");
            return 2;
        }
    }

    private static int Replay(CallLogReader log, TextWriter output)
    {
        long started = Stopwatch.GetTimestamp();
        ReplayReport report = CallReplay.Run(log);
        TimeSpan took = Stopwatch.GetElapsedTime(started);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Facts} facts, {report.Timeouts} timeouts, {report.Commands} decisions in {report.Length.TotalSeconds:F1} s of the call; replayed in {took.TotalSeconds:F2} s"));
        foreach (string remark in report.Remarks)
            output.WriteLine(remark);
        if (report.Divergence is { } divergence)
        {
            output.WriteLine($"DIFFERENT at {divergence.At}, entry {divergence.Entry}: {divergence.Cause}");
            output.WriteLine($"  recorded: {divergence.Recorded ?? "nothing"}");
            output.WriteLine($"  replayed: {divergence.Replayed ?? "nothing"}");
            return 1;
        }

        output.WriteLine(report.IsSame ? "The same decisions." : $"The same decisions as far as the log goes: it is {report.End.ToString().ToLowerInvariant()}.");
        return report.IsSame ? 0 : 2;
    }

    private static int PrintEntries(CallLogReader log, TextWriter output)
    {
        while (log.TryRead(out CallLogEntry entry))
        {
            output.WriteLine(entry switch
            {
                CallLogEntry.Fact fact => $"{entry.At} {fact.Value}",
                CallLogEntry.Command command => $"{entry.At}   {command.Value}",
                CallLogEntry.Note note => $"{entry.At}   {note.Value}",
                _ => $"{entry.At} {entry}",
            });
        }

        output.WriteLine($"{log.End}{(log.Problem is { } problem ? $": {problem}" : "")}");
        return log.End is CallLogEnd.Complete or CallLogEnd.SizeLimit ? 0 : 2;
    }

    private static int PrintTranscript(CallLogReader log, TextWriter output)
    {
        foreach (TranscriptLine line in CallTranscript.Of(log).Lines)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line.At:mm\\:ss\\.f} {(line.IsAgent ? "agent " : "caller")} {line.Text}{(line.IsCut ? " —" : "")}"));
        return log.End is CallLogEnd.Complete or CallLogEnd.SizeLimit ? 0 : 2;
    }
}
