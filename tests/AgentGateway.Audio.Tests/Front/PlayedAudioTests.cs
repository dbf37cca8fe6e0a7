using AgentGateway.Audio.Front;
using AgentGateway.Testing;

namespace AgentGateway.Audio.Tests.Front;

public sealed class PlayedAudioTests
{
    private readonly PlayedAudio _played = new();
    private readonly short[] _frame = new short[320];

    [Fact]
    public void A_tone_comes_back_at_a_third_of_the_rate_where_it_was_played()
    {
        short[] tone = Signals.Sine(440, 1);
        for (int i = 0; i < 50; i++)
            _played.Push(i * 320, tone.AsSpan(i * 960, 960), speech: true);
        short[] read = new short[320 * 48];
        for (int i = 0; i < 48; i++)
            _played.Read(i * 320, read.AsSpan(i * 320, 320));
        Assert.InRange(Signals.Snr(Signals.Sine(440, 0.9, 16_000).AsSpan(0, 14_000), Shifted(read)), 30, 200);
        Assert.InRange(AudioLevel.Dbfs(read), AudioLevel.Dbfs(tone) - 0.5, AudioLevel.Dbfs(tone) + 0.5);
    }

    [Fact]
    public void What_was_not_played_is_silence()
    {
        _played.Push(3200, Signals.Sine(440, 0.02), speech: true);
        _played.Read(3200, _frame);
        Assert.Contains(_frame, sample => sample != 0);
        foreach (long position in (long[])[-320, 0, 2880, 3520, 100_000])
        {
            _played.Read(position, _frame);
            Assert.All(_frame, sample => Assert.Equal(0, sample));
        }
    }

    [Fact]
    public void A_frame_pulled_between_two_pushes_stands_behind_the_one_before()
    {
        short[] tone = Signals.Sine(440, 0.02);
        _played.Push(320, tone, speech: true);
        _played.Push(320, tone, speech: true);
        _played.Read(640, _frame);
        Assert.Contains(_frame, sample => sample != 0);
        for (int i = 0; i < 50; i++)
            _played.Push(320, tone, speech: true);
        _played.Read(320 * 9, _frame);
        Assert.All(_frame, sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void Neither_side_allocates()
    {
        short[] tone = Signals.Sine(440, 0.02);
        _played.Push(0, tone, speech: true);
        int next = 1;
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int end = next + 300; next < end; next++)
            {
                _played.Push(next * 320, tone, next % 3 != 0);
                _played.Read((next - 1) * 320, _frame);
            }
        }));
    }

    // The filter's delay is half its length: 8 samples at 16 kHz.
    private static short[] Shifted(short[] read)
    {
        (int delay, _) = Signals.Align(Signals.Sine(440, 0.9, 16_000).AsSpan(0, 14_000), read, 40);
        return read[delay..];
    }
}
