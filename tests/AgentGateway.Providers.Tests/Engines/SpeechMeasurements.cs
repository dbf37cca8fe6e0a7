using System.Diagnostics;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Flite;
using AgentGateway.Providers.OnnxRuntime;
using AgentGateway.Providers.Sherpa;
using AgentGateway.Testing;

namespace AgentGateway.Providers.Tests.Engines;

/// <summary>Prints what the engines cost on this machine. Explicit: run with <c>-explicit only</c>; figures, no verdicts.</summary>
public sealed class SpeechMeasurements(ITestOutputHelper output)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public void Voice_activity()
    {
        long memory = Rss();
        Stopwatch watch = Stopwatch.StartNew();
        using SileroVoiceActivityModel model = SileroVoiceActivityModel.Load(
            SpeechTestFiles.ModelPath("silero-vad-v5/silero_vad_v5.onnx"), "silero-v5", new SileroOptions { SkipBelowDbfs = null });
        Print("vad load", watch.Elapsed, memory);
        short[] pcm = SpeechTestFiles.Load(SpeechTestFiles.Recording("read/jfk.wav"));
        using IVoiceActivityDetector detector = model.CreateDetector();
        watch.Restart();
        int windows = 0;
        for (int round = 0; round < 5; round++)
        {
            for (int at = 0; at + 512 <= pcm.Length; at += 512, windows++)
                detector.Process(pcm.AsSpan(at, 512));
        }

        output.WriteLine($"vad: {watch.Elapsed.TotalMicroseconds / windows:F0} us per window, RTF {watch.Elapsed.TotalSeconds / (windows * 0.032):F4}");
        long before = Rss();
        List<IVoiceActivityDetector> many = [];
        for (int i = 0; i < 1000; i++)
        {
            many.Add(model.CreateDetector());
            many[i].Process(pcm.AsSpan(0, 512));
        }

        output.WriteLine($"vad: {(Rss() - before) / 1000.0:F1} KB of RSS per detector");
        many.ForEach(d => d.Dispose());
    }

    [Fact(Explicit = true, Timeout = 400_000)]
    public async Task Sherpa()
    {
        long memory = Rss();
        Stopwatch watch = Stopwatch.StartNew();
        await using SherpaRecognizer recognizer = SherpaRecognizer.Load(SherpaModelFiles.Find(SpeechTestFiles.ModelPath(SpeechTestFiles.ZipformerFolder)));
        Print("sherpa load", watch.Elapsed, memory);
        List<double> finals = [];
        double audio = 0;
        WordErrorRate wer = default;
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        foreach (Recording recording in Recordings.All.Where(r => r.Channels == 1 && !r.Transcript.StartsWith('(')))
        {
            short[] pcm = SpeechTestFiles.Load(recording);
            await using IRecognitionSession session = await recognizer.OpenAsync(new RecognitionOptions(), Token);
            for (int at = 0; at < pcm.Length; at += 1600)
            {
                await session.WriteAsync(pcm.AsMemory(at, Math.Min(1600, pcm.Length - at)), Token);
                await Task.Delay(5, Token); // Lets the worker keep up, as at real time.
            }

            await Task.Delay(20, Token);
            watch.Restart();
            await session.EndUtteranceAsync(Token);
            RecognitionResult result;
            do
                result = await session.Results.ReadAsync(Token);
            while (!result.IsFinal);
            finals.Add(watch.Elapsed.TotalMilliseconds);
            audio += pcm.Length / 16000.0;
            wer += WordErrorRate.Between(recording.Transcript, result.Text);
        }

        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        finals.Sort();
        output.WriteLine($"sherpa: {finals.Count} recordings, {audio:F0} s, WER {wer.Rate:P1}, RTF {cpu.TotalSeconds / audio:F4} (process CPU)");
        output.WriteLine($"sherpa: EndUtterance to final p50 {finals[finals.Count / 2]:F1} ms, max {finals[^1]:F1} ms");
        long before = Rss();
        List<IRecognitionSession> many = [];
        short[] some = SpeechTestFiles.Load(SpeechTestFiles.Recording("read/jfk.wav"))[..16000];
        for (int i = 0; i < 50; i++)
        {
            many.Add(await recognizer.OpenAsync(new RecognitionOptions(), Token));
            await many[i].WriteAsync(some, Token);
        }

        foreach (IRecognitionSession session in many)
        {
            await session.EndUtteranceAsync(Token);
            await session.WriteAsync(some, Token);
            await session.Results.ReadAsync(Token);
        }

        output.WriteLine($"sherpa: {(Rss() - before) / 50.0:F0} KB of RSS per session in speech");
        foreach (IRecognitionSession session in many)
            await session.DisposeAsync();
    }

    [Fact(Explicit = true, Timeout = 400_000)]
    public async Task Sherpa_padding()
    {
        foreach (double lead in (double[])[0, 0.2, 0.3, 0.4, 0.5])
        {
            foreach (double flush in (double[])[0.3, 0.5, 0.66, 0.8])
            {
                await using SherpaRecognizer recognizer = SherpaRecognizer.Load(
                    SherpaModelFiles.Find(SpeechTestFiles.ModelPath(SpeechTestFiles.ZipformerFolder)),
                    new SherpaRecognizerOptions { LeadIn = TimeSpan.FromSeconds(lead), Flush = TimeSpan.FromSeconds(flush) });
                WordErrorRate wer = default;
                foreach (Recording recording in Recordings.All.Where(r => r.Channels == 1 && !r.Transcript.StartsWith('(')))
                    wer += WordErrorRate.Between(recording.Transcript, await SpeechTestFiles.TranscribeAsync(recognizer, SpeechTestFiles.Load(recording), Token));
                output.WriteLine($"lead {lead:F2} flush {flush:F2}: WER {wer.Rate:P2}");
            }
        }
    }

    [Fact(Explicit = true, Timeout = 400_000)]
    public async Task Flite()
    {
        long memory = Rss();
        Stopwatch watch = Stopwatch.StartNew();
        await using FliteSynthesizer flite = FliteSynthesizer.Load();
        Print("flite load", watch.Elapsed, memory);
        string[] texts =
        [
            "Sure.", "We are open from nine to five.", "Your table for four people is booked on Friday the third of May at half past seven.",
            "Our restaurant is at twelve Main Street, right beside the old town hall, and you can park your car in the garage behind the building for two hours free of charge.",
        ];
        foreach (int chunk in (int[])[800, 1600, 100000])
        {
            await using FliteSynthesizer voice = FliteSynthesizer.Load(new FliteOptions { ChunkSamples = chunk });
            foreach (string text in texts)
            {
                double first = 0;
                int samples = 0;
                watch.Restart();
                await foreach (SpeechAudio piece in voice.SynthesizeAsync(new SpeechRequest(text), Token))
                {
                    if (samples == 0)
                        first = watch.Elapsed.TotalMilliseconds;
                    samples += piece.Pcm.Length;
                }

                double total = watch.Elapsed.TotalMilliseconds;
                output.WriteLine($"flite chunk {chunk}: {text.Length} chars, {samples / 16000.0:F2} s: first {first:F1} ms, all {total:F1} ms, RTF {total / (samples / 16.0):F3}");
            }
        }
    }

    private static long Rss() => Environment.WorkingSet / 1024;

    private void Print(string what, TimeSpan time, long rssBefore) =>
        output.WriteLine($"{what}: {time.TotalMilliseconds:F0} ms, {(Rss() - rssBefore) / 1024.0:F1} MB of RSS");
}
