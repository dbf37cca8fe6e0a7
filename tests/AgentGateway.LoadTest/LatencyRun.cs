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

    internal static async Task<int> RunAsync(Uri url, string folder, int turns, string name, string? csv, CancellationToken cancellationToken)
    {
        OpusLoop[] recordings = [.. Directory.GetFiles(folder, "*.wav").Order(StringComparer.Ordinal).Select(OpusLoop.FromWav)];
        if (recordings.Length == 0)
            throw new InvalidOperationException($"There is no WAV file in {folder}.");
        await using MediaTransport transport = EchoLoad.Start(1);
        using var http = new HttpClient();
        using var caller = new ConversationCaller();
        await caller.ConnectAsync(transport, http, url, cancellationToken);

        var latencies = new List<double>();
        int unanswered = 0;
        for (int turn = 0; turn < turns; turn++)
        {
            await WaitForSilenceAsync(transport, caller, cancellationToken);
            try
            {
                // The recording itself takes its time; the answer's time-out counts from its end.
                OpusLoop speech = recordings[turn % recordings.Length];
                TimeSpan latency = await caller.AskAsync(speech).WaitAsync(TimeSpan.FromMilliseconds(speech.SpeechFrames * 20) + AnswerTimeout, cancellationToken);
                latencies.Add(latency.TotalMilliseconds);
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"turn {turn + 1}: {latency.TotalMilliseconds:F0} ms"));
            }
            catch (TimeoutException)
            {
                unanswered++;
                Console.Error.WriteLine($"turn {turn + 1}: no answer");
            }
        }

        await caller.HangUpAsync(http, cancellationToken);
        latencies.Sort();
        Csv.Write(csv, Header, string.Create(
            CultureInfo.InvariantCulture,
            $"{name},{turns},{unanswered},{Percentiles.Of(latencies, 0.5):F0},{Percentiles.Of(latencies, 0.95):F0},{latencies.LastOrDefault():F0}"));
        return unanswered == 0 ? 0 : 1;
    }

    private static async Task WaitForSilenceAsync(MediaTransport transport, ConversationCaller caller, CancellationToken cancellationToken)
    {
        Instant start = transport.Clock.Now;
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await poll.WaitForNextTickAsync(cancellationToken))
        {
            Instant now = transport.Clock.Now;
            if (caller.SilentFor(now) >= AgentDone || now - start > TurnTimeout)
                return;
        }
    }
}
