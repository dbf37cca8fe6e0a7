using AgentGateway.Audio.Jitter;
using AgentGateway.Testing;

namespace AgentGateway.Audio.Tests.Jitter;

public sealed class TimeStretcherTests
{
    [Theory]
    [InlineData(110)]
    [InlineData(150)]
    [InlineData(237)]
    [InlineData(390)]
    public void A_tone_is_shortened_and_lengthened_without_a_trace(double frequency)
    {
        short[] tone = Signals.Sine(frequency, 1);
        foreach (bool faster in (bool[])[true, false])
        {
            SampleQueue queue = Queue(tone);
            int changed = faster ? TimeStretcher.Accelerate(queue, 0.9) : TimeStretcher.Expand(queue, 0.9);
            Assert.InRange(changed, 120, 600);
            Assert.Equal(1920 + (faster ? -changed : changed), queue.Count);
            double period = AudioFormat.SampleRate / frequency;
            Assert.True(Math.Abs((changed / period) - Math.Round(changed / period)) < 0.05, $"{changed} samples are no whole number of periods of {period:F1}");

            // A join that does not fit would be a step larger than any of the tone's own.
            int largest = LargestStep(queue.WithHistory);
            Assert.InRange(largest, 0, LargestStep(tone) + 50);
            Assert.True(Signals.ToneShareDb(queue.Waiting, frequency, AudioFormat.SampleRate) > -0.05);
        }
    }

    [Fact]
    public void A_whole_recording_played_faster_and_slower_keeps_its_level_and_its_smoothness()
    {
        short[] speech = Signals.Recording("librispeech/ls-1089-134686-0000.wav");
        foreach (bool faster in (bool[])[true, false])
        {
            SampleQueue queue = new();
            List<short> output = [];
            short[] frame = new short[960];
            int changes = 0;
            for (int i = 0; i + 960 <= speech.Length; i += 960)
            {
                speech.AsSpan(i, 960).CopyTo(queue.Append(960));
                if (queue.Count >= 1440)
                    changes += (faster ? TimeStretcher.Accelerate(queue, 0.85) : TimeStretcher.Expand(queue, 0.85)) > 0 ? 1 : 0;
                while (queue.Count >= (faster ? 2400 : 1440))
                {
                    queue.Read(frame);
                    output.AddRange(frame);
                }
            }

            short[] result = [.. output];
            double ratio = (double)result.Length / speech.Length;
            Assert.True(changes > 50, $"{changes} changes");
            Assert.True(faster ? ratio < 0.95 : ratio > 1.05, $"length ratio {ratio:F2}");
            Assert.InRange(AudioLevel.Dbfs(result) - AudioLevel.Dbfs(speech), -1.5, 1.5);
            Assert.InRange(HighBand(result) - HighBand(speech), -3, 1.5);
        }
    }

    [Fact]
    public void Noise_is_left_alone_unless_the_bar_is_low()
    {
        short[] noise = Signals.Noise(new SeededRandom(2), 1);
        Assert.Equal(0, TimeStretcher.Accelerate(Queue(noise), 0.9));
        Assert.Equal(0, TimeStretcher.Expand(Queue(noise), 0.9));
        Assert.InRange(TimeStretcher.Accelerate(Queue(noise), 0), 120, 600);
        Assert.InRange(TimeStretcher.Expand(Queue(noise), 0), 120, 600);
    }

    [Fact]
    public void Silence_is_cut_and_added_by_the_longest_piece()
    {
        Assert.Equal(600, TimeStretcher.Accelerate(Queue(new short[4000]), 0.9));
        Assert.Equal(600, TimeStretcher.Expand(Queue(new short[4000]), 0.9));
    }

    [Fact]
    public void Too_little_audio_is_left_alone()
    {
        SampleQueue queue = new();
        queue.Append(599).Clear();
        Assert.Equal(0, TimeStretcher.Expand(queue, 0));
        Assert.Equal(0, TimeStretcher.Accelerate(queue, 0));
        Assert.Equal(599, queue.Count);
    }

    // 1920 samples wait; what came before them was played.
    private static SampleQueue Queue(short[] samples)
    {
        SampleQueue queue = new();
        samples.AsSpan(0, 2880).CopyTo(queue.Append(2880));
        queue.Read(new short[960]);
        return queue;
    }

    private static int LargestStep(ReadOnlySpan<short> samples)
    {
        int largest = 0;
        for (int i = 1; i < samples.Length; i++)
            largest = Math.Max(largest, Math.Abs(samples[i] - samples[i - 1]));
        return largest;
    }

    // Level of the second difference: clicks raise it.
    private static double HighBand(ReadOnlySpan<short> samples)
    {
        double sum = 0;
        for (int i = 2; i < samples.Length; i++)
            sum += Math.Pow(samples[i] - (2 * samples[i - 1]) + samples[i - 2], 2);
        return 10 * Math.Log10(sum / samples.Length);
    }
}
