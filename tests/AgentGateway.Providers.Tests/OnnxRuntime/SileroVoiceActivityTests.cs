using System.Globalization;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.OnnxRuntime;
using AgentGateway.Providers.Tests.Engines;
using AgentGateway.Testing;

namespace AgentGateway.Providers.Tests.OnnxRuntime;

public sealed class SileroVoiceActivityTests(ITestOutputHelper output)
{
    private static readonly string[] VadFiles = ["01", "02", "05", "07", "10", "12", "16", "22"];

    [Theory]
    [InlineData("silero-vad-v5/silero_vad_v5.onnx")]
    [InlineData("silero-vad-v6/silero_vad_v6.onnx")]
    public void Speech_is_told_from_silence_on_labelled_recordings(string file)
    {
        using SileroVoiceActivityModel model = SileroVoiceActivityModel.Load(SpeechTestFiles.ModelPath(file), "silero");
        int truePositive = 0, falsePositive = 0, falseNegative = 0;
        foreach (string number in VadFiles)
        {
            Recording recording = SpeechTestFiles.Recording($"vad/ten-vad-{number}.wav");
            short[] pcm = SpeechTestFiles.Load(recording);
            List<(double Start, double End)> speech = ReadLabels(Path.ChangeExtension(recording.Path, ".scv"));
            using IVoiceActivityDetector detector = model.CreateDetector();
            for (int at = 0; at + detector.WindowSamples <= pcm.Length; at += detector.WindowSamples)
            {
                bool detected = detector.Process(pcm.AsSpan(at, detector.WindowSamples)) >= 0.5f;
                double middle = (at + (detector.WindowSamples / 2)) / 16000.0;
                bool spoken = speech.Exists(s => middle >= s.Start && middle < s.End);
                if (detected && spoken)
                    truePositive++;
                else if (detected)
                    falsePositive++;
                else if (spoken)
                    falseNegative++;
            }
        }

        double precision = truePositive / (double)(truePositive + falsePositive);
        double recall = truePositive / (double)(truePositive + falseNegative);
        output.WriteLine($"{file}: precision {precision:F3}, recall {recall:F3}");
        Assert.True(precision > 0.85, $"precision {precision:F3}");
        Assert.True(recall > 0.9, $"recall {recall:F3}");
    }

    [Theory]
    [InlineData("noise/noise-sb2.wav")]
    [InlineData("noise/noise-sb3.wav")]
    public void Noise_is_no_speech(string name)
    {
        short[] pcm = SpeechTestFiles.Load(SpeechTestFiles.Recording(name));
        using IVoiceActivityDetector detector = SpeechTestFiles.VoiceActivity.CreateDetector();
        int windows = 0, speech = 0;
        for (int at = 0; at + 512 <= pcm.Length; at += 512, windows++)
            speech += detector.Process(pcm.AsSpan(at, 512)) >= 0.5f ? 1 : 0;
        Assert.True(speech <= windows / 10, $"{speech} of {windows} windows");
    }

    [Fact]
    public void Silence_is_not_computed_and_speech_after_it_is_found_at_once()
    {
        short[] speech = SpeechTestFiles.Load(SpeechTestFiles.Recording("librispeech/ls-1089-134691-0001.wav"));
        using var detector = (SileroVoiceActivityDetector)SpeechTestFiles.VoiceActivity.CreateDetector();
        using var fresh = (SileroVoiceActivityDetector)SpeechTestFiles.VoiceActivity.CreateDetector();
        for (int i = 0; i < 100; i++)
            Assert.True(detector.Process(new short[512]) < 0.2f);
        Assert.Equal(90, detector.SkippedWindows);

        int after = FirstSpeechWindow(detector, speech);
        int alone = FirstSpeechWindow(fresh, speech);
        Assert.InRange(after, 0, alone + 1);
    }

    [Fact]
    public void Reset_forgets_and_detectors_do_not_share_state()
    {
        short[] speech = SpeechTestFiles.Load(SpeechTestFiles.Recording("read/jfk.wav"));
        using IVoiceActivityDetector a = SpeechTestFiles.VoiceActivity.CreateDetector();
        using IVoiceActivityDetector b = SpeechTestFiles.VoiceActivity.CreateDetector();
        float[] first = Probabilities(a, speech, 60);
        _ = b.Process(speech.AsSpan(512 * 30, 512));
        Assert.NotEqual(first, Probabilities(a, speech, 60));
        a.Reset();
        Assert.Equal(first, Probabilities(a, speech, 60));
    }

    [Fact]
    public void Detectors_run_at_the_same_time_with_the_same_result()
    {
        short[] speech = SpeechTestFiles.Load(SpeechTestFiles.Recording("read/jfk.wav"));
        using IVoiceActivityDetector alone = SpeechTestFiles.VoiceActivity.CreateDetector();
        float[] expected = Probabilities(alone, speech, 150);
        float[][] results = new float[8][];
        Parallel.For(0, results.Length, i =>
        {
            using IVoiceActivityDetector detector = SpeechTestFiles.VoiceActivity.CreateDetector();
            results[i] = Probabilities(detector, speech, 150);
        });
        Assert.All(results, r => Assert.Equal(expected, r));
    }

    [Fact]
    public void A_window_allocates_nothing_managed()
    {
        short[] speech = SpeechTestFiles.Load(SpeechTestFiles.Recording("read/jfk.wav"));
        using IVoiceActivityDetector detector = SpeechTestFiles.VoiceActivity.CreateDetector();
        for (int i = 0; i < 20; i++)
            detector.Process(speech.AsSpan(i * 512, 512));
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 200; i++)
                detector.Process(speech.AsSpan(i * 512, 512));
        }));
    }

    [Fact]
    public void A_window_of_another_length_is_refused()
    {
        using IVoiceActivityDetector detector = SpeechTestFiles.VoiceActivity.CreateDetector();
        Assert.Throws<ArgumentException>(() => detector.Process(new short[480]));
    }

    [Fact]
    public void A_file_that_is_no_model_or_another_model_is_named()
    {
        string text = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllText(text, "no model");
        try
        {
            SpeechProviderException damaged = Assert.Throws<SpeechProviderException>(() => SileroVoiceActivityModel.Load(text, "x"));
            Assert.Contains(text, damaged.Message, StringComparison.Ordinal);
            string other = SpeechTestFiles.ModelPath(SpeechTestFiles.ZipformerFolder + "/joiner-epoch-12-avg-2-chunk-16-left-64.int8.onnx");
            Assert.Contains("no Silero", Assert.Throws<SpeechProviderException>(() => SileroVoiceActivityModel.Load(other, "x")).Message, StringComparison.Ordinal);
            Assert.Contains("does not exist", Assert.Throws<SpeechProviderException>(() => SileroVoiceActivityModel.Load(text + ".none", "x")).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(text);
        }
    }

    private static float[] Probabilities(IVoiceActivityDetector detector, short[] pcm, int windows)
    {
        float[] result = new float[windows];
        for (int i = 0; i < windows; i++)
            result[i] = detector.Process(pcm.AsSpan(i * 512, 512));
        return result;
    }

    private static int FirstSpeechWindow(SileroVoiceActivityDetector detector, short[] pcm)
    {
        for (int at = 0; at + 512 <= pcm.Length; at += 512)
        {
            if (detector.Process(pcm.AsSpan(at, 512)) >= 0.5f)
                return at / 512;
        }

        throw new InvalidOperationException("no speech found");
    }

    private static List<(double Start, double End)> ReadLabels(string path)
    {
        string[] fields = File.ReadAllText(path).Trim().Split(',');
        List<(double, double)> speech = [];
        for (int i = 1; i + 2 < fields.Length; i += 3)
        {
            if (fields[i + 2] == "1")
                speech.Add((double.Parse(fields[i], CultureInfo.InvariantCulture), double.Parse(fields[i + 1], CultureInfo.InvariantCulture)));
        }

        return speech;
    }
}
