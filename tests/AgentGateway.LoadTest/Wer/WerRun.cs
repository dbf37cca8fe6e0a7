using System.Globalization;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Sherpa;
using AgentGateway.Testing;
using AgentGateway.Testing.Network;

namespace AgentGateway.LoadTest.Wer;

/// <summary>Word error rate of the streaming recogniser over the recordings, by loss and by what is done against it.</summary>
internal static class WerRun
{
    private const int Rate = 16000;

    // Sound comes out later than it went in: network, jitter buffer, codec. What a recording's window has too much is pause.
    private const int WindowLeadFrames = 5;
    private const int WindowTailFrames = 35;

    // Bursts of three packets in the mean: 60 ms.
    private const double BadToGood = 1 / 3.0;

    internal static async Task<int> RunAsync(WerOptions options, CancellationToken cancellationToken)
    {
        WerScript script = WerScript.Load();
        await using SherpaRecognizer recognizer = SherpaRecognizer.Load(SherpaModelFiles.Find(options.Model));
        Console.WriteLine(FormattableString.Invariant(
            $"{script.Places.Count} recordings, {script.Frames * 0.02:F0} s, {options.Seeds} seeds, {options.Latency.TotalMilliseconds} ms +- {options.Jitter.TotalMilliseconds} ms one way"));
        double? clean = null;
        foreach ((string kind, int percent) in Networks(options))
        {
            // Without loss one line says all: nothing is repaired because nothing is reported.
            foreach (WerRepair repair in options.Repairs.Select(WerRepair.Parse).Take(percent == 0 ? 1 : options.Repairs.Length))
                clean = await MeasureAsync(options, script, recognizer, kind, percent, repair, clean, cancellationToken);
        }

        return 0;
    }

    private static IEnumerable<(string Kind, int Percent)> Networks(WerOptions options)
    {
        yield return ("none", 0);
        foreach (int percent in options.LossPercents)
        {
            yield return ("random", percent);
            yield return ("bursts", percent);
        }
    }

    private static NetemOptions Network(WerOptions options, string kind, int percent)
    {
        double loss = percent / 100.0;
        var network = new NetemOptions { Latency = options.Latency, Jitter = options.Jitter };
        return kind switch
        {
            "random" => network with { Loss = loss },
            "bursts" => network with { Bursts = new GilbertElliott(loss * BadToGood / (1 - loss), BadToGood, 0, 1) },
            _ => network,
        };
    }

    private static async Task<double> MeasureAsync(
        WerOptions options,
        WerScript script,
        SherpaRecognizer recognizer,
        string kind,
        int percent,
        WerRepair repair,
        double? clean,
        CancellationToken cancellationToken)
    {
        WordErrorRate total = default;
        double lost = 0;
        double madeUp = 0;
        double bits = 0;
        TimeSpan delay = TimeSpan.Zero;
        TimeSpan target = TimeSpan.Zero;
        for (int seed = 1; seed <= options.Seeds; seed++)
        {
            WerCall.Result call = WerCall.Run(script, Network(options, kind, percent), repair, options.MaxDelay, (ulong)seed);
            total += await RecognizeAsync(recognizer, script, call.Pcm16k, cancellationToken);

            // What was lost on the way is what the packets that came by other means were lost too.
            long missing = call.Statistics.Audio.PacketsLost + call.Statistics.Audio.PacketsRetransmitted;
            lost += missing / (double)script.Frames;
            madeUp += call.Jitter.ConcealedSamples / (double)call.Jitter.EmittedSamples;
            bits += call.BitsPerSecond;
            delay += call.MeanDelay;
            target += call.MeanTarget;
        }

        double points = 100 * (total.Rate - (clean ?? total.Rate));
        CultureInfo c = CultureInfo.InvariantCulture;
        Csv.Write(
            options.Csv,
            "loss,percent,repair,lost_percent,concealed_percent,kbit_s,delay_ms,target_ms,words,errors,wer_percent,above_clean_points",
            string.Create(
                c,
                $"{kind},{percent},{repair.Name},{100 * lost / options.Seeds:F1},{100 * madeUp / options.Seeds:F2},{bits / options.Seeds / 1000:F0},{(delay / options.Seeds).TotalMilliseconds:F0},{(target / options.Seeds).TotalMilliseconds:F0},{total.ReferenceWords},{total.Errors},{100 * total.Rate:F2},{points:F2}"));
        return clean ?? total.Rate;
    }

    private static async Task<WordErrorRate> RecognizeAsync(
        SherpaRecognizer recognizer, WerScript script, short[] pcm, CancellationToken cancellationToken)
    {
        WordErrorRate total = default;
        await using IRecognitionSession session = await recognizer.OpenAsync(new RecognitionOptions(), cancellationToken);
        foreach ((Recording recording, int first, int last) in script.Places)
        {
            int from = Math.Max(0, first - WindowLeadFrames) * 320;
            int to = Math.Min(script.Frames, last + WindowTailFrames) * 320;
            for (int at = from; at < to; at += Rate / 10)
                await session.WriteAsync(pcm.AsMemory(at, Math.Min(Rate / 10, to - at)), cancellationToken);
            int utterance = await session.EndUtteranceAsync(cancellationToken);
            while (true)
            {
                RecognitionResult result = await session.Results.ReadAsync(cancellationToken);
                if (!result.IsFinal || result.Utterance != utterance)
                    continue;
                total += WordErrorRate.Between(recording.Transcript, result.Text);
                break;
            }
        }

        return total;
    }
}
