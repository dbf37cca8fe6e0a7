using System.Globalization;
using AgentGateway.Net;
using AgentGateway.Primitives;

namespace AgentGateway.LoadTest;

/// <summary>One caller, many turns.</summary>
internal static class LatencyRun
{
    private const string Header = "server,turns,unanswered,p50_ms,p95_ms,max_ms";
    private static readonly TimeSpan AgentDone = TimeSpan.FromSeconds(1.2);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TurnTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Runs the turns; 0 when all of them were asked and answered.</summary>
    internal static async Task<int> RunAsync(Uri url, LatencyRunOptions options, CancellationToken cancellationToken)
    {
        IReadOnlyList<OpusLoop> utterances = await LoadAsync(options, cancellationToken);
        await using MediaTransport transport = EchoLoad.Start(1);
        using var http = new HttpClient();
        using var caller = new ConversationCaller();
        await caller.ConnectAsync(transport, http, url, cancellationToken);

        var latencies = new List<double>();
        int asked = 0, unanswered = 0;
        while (asked < options.Turns)
        {
            if (!await AgentIsSilentAsync(transport, caller, cancellationToken))
            {
                Console.Error.WriteLine($"The call was ended by the far end after {asked} of {options.Turns} turns: {await caller.Ended}.");
                break;
            }

            // The utterance itself takes its time; the answer's time-out counts from its end.
            OpusLoop speech = utterances[asked++ % utterances.Count];
            Task<TimeSpan> answer = caller.AskAsync(speech);
            Task limit = Task.Delay(TimeSpan.FromMilliseconds(speech.SpeechFrames * 20) + AnswerTimeout, cancellationToken);
            await Task.WhenAny(answer, caller.Ended, limit);
            cancellationToken.ThrowIfCancellationRequested();
            if (answer.IsCompleted)
            {
                double milliseconds = (await answer).TotalMilliseconds;
                latencies.Add(milliseconds);
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"turn {asked}: {milliseconds:F0} ms"));
            }
            else if (caller.Ended.IsCompleted)
            {
                // The caller was cut off, which says nothing about the response time.
                asked--;
            }
            else
            {
                unanswered++;
                Console.Error.WriteLine($"turn {asked}: no answer");
            }
        }

        await caller.HangUpAsync(http, cancellationToken);
        latencies.Sort();
        Csv.Write(options.CsvFile, Header, string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Name},{asked},{unanswered},{Percentiles.Of(latencies, 0.5):F0},{Percentiles.Of(latencies, 0.95):F0},{latencies.LastOrDefault():F0}"));
        return unanswered == 0 && asked == options.Turns ? 0 : 1;
    }

    /// <summary>Questions and recordings in turns, so that the agent is asked something that it knows between those that it does not.</summary>
    private static async Task<IReadOnlyList<OpusLoop>> LoadAsync(LatencyRunOptions options, CancellationToken cancellationToken)
    {
        string[] questions = options.QuestionsFile is { } file
            ? [.. (await File.ReadAllLinesAsync(file, cancellationToken)).Where(l => !string.IsNullOrWhiteSpace(l))]
            : [];
        var utterances = new List<OpusLoop>();
        for (int i = 0; i < Math.Max(questions.Length, options.Recordings.Count); i++)
        {
            if (i < questions.Length)
                utterances.Add(await OpusLoop.FromTextAsync(questions[i], cancellationToken));
            if (i < options.Recordings.Count)
                utterances.Add(OpusLoop.FromWav(options.Recordings[i]));
        }

        return utterances.Count > 0 ? utterances : throw new InvalidOperationException("Give --recordings or --questions: the caller has nothing to say.");
    }

    /// <summary>Waits until the agent has said what it had to say; false when the call has ended.</summary>
    private static async Task<bool> AgentIsSilentAsync(MediaTransport transport, ConversationCaller caller, CancellationToken cancellationToken)
    {
        Instant start = transport.Clock.Now;
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await poll.WaitForNextTickAsync(cancellationToken))
        {
            if (caller.Ended.IsCompleted)
                return false;
            Instant now = transport.Clock.Now;
            if (caller.SilentFor(now) >= AgentDone || now - start > TurnTimeout)
                return true;
        }

        return false;
    }
}
