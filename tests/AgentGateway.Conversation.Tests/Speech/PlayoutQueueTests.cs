using AgentGateway.Conversation.Speech;
using AgentGateway.Primitives;
using AgentGateway.Testing;

namespace AgentGateway.Conversation.Tests.Speech;

public sealed class PlayoutQueueTests
{
    private const int Frame = 960;

    private readonly PlayoutQueue _queue = new();
    private readonly short[] _frame = new short[Frame];

    [Fact]
    public void Nothing_to_say_is_silence()
    {
        Array.Fill<short>(_frame, 7);
        Assert.False(_queue.Pull(default, _frame));
        Assert.All(_frame, sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void What_is_written_is_played_in_order()
    {
        short[] pcm = Ramp(2500);
        Assert.Equal(2500, _queue.Write(1, pcm));
        Assert.Equal(pcm.Concat(new short[380]), Pull(3));
        Assert.False(_queue.Pull(default, _frame));
        Assert.Equal(2500, _queue.Position);
    }

    [Fact]
    public void The_writer_has_to_wait_when_the_queue_is_full()
    {
        int taken = _queue.Write(1, new short[PlayoutQueue.MaxQueued + 1000]);
        Assert.Equal(PlayoutQueue.MaxQueued, taken);
        Assert.Equal(0, _queue.Write(1, new short[10]));
        _queue.Pull(default, _frame);
        Assert.Equal(960, _queue.Write(1, new short[1000]));
    }

    [Fact]
    public void Many_small_writes_are_bounded_too()
    {
        int taken = 0;
        for (int i = 0; i < 1000; i++)
            taken += _queue.Write(1, new short[1]);
        Assert.Equal(256, taken);
    }

    [Fact]
    public void A_cut_of_an_older_reply_lets_nothing_of_the_newer_out()
    {
        _queue.Cut(2);
        _queue.Cut(1);
        _queue.Write(2, Ramp(2500));
        Assert.False(_queue.Pull(default, _frame));
        Assert.All(_frame, sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void A_hold_fades_within_a_frame_and_a_release_goes_on_at_the_sample()
    {
        short[] pcm = [.. Enumerable.Repeat((short)10_000, 9600)];
        _queue.Write(1, pcm);
        Pull(2);
        _queue.Hold();
        Assert.True(_queue.Pull(default, _frame));
        Assert.InRange(_frame[0], 9_900, 10_000);
        Assert.Equal(0, _frame[PlayoutQueue.FadeSamples - 1]);
        Assert.All(_frame[PlayoutQueue.FadeSamples..], sample => Assert.Equal(0, sample));
        AssertNoClick(_frame);
        for (int i = 0; i < 20; i++)
            Assert.False(_queue.Pull(default, _frame));
        Assert.Equal(1920, _queue.Position);
        _queue.Release();
        List<short> rest = Pull(8);
        AssertNoClick(rest);
        Assert.Equal(7680, rest.Count(sample => sample != 0));
        Assert.Equal(9600, _queue.Position);
    }

    [Fact]
    public void A_cut_is_heard_within_one_frame()
    {
        _queue.Write(1, [.. Enumerable.Repeat((short)10_000, 48_000)]);
        Pull(5);
        Assert.Equal(4800, _queue.Cut(1));
        Assert.True(_queue.Pull(default, _frame));
        Assert.All(_frame[PlayoutQueue.FadeSamples..], sample => Assert.Equal(0, sample));
        AssertNoClick(_frame);
        Assert.False(_queue.Pull(default, _frame));
    }

    [Fact]
    public void Audio_of_a_cut_reply_cannot_leave_whenever_it_is_written()
    {
        _queue.Write(1, Constant(1, 500));
        _queue.Cut(1);
        Assert.Equal(500, _queue.Write(1, Constant(1, 500)));
        _queue.Write(2, Constant(2, 960));
        Assert.Equal(Constant(2, 960), Pull(1));
    }

    [Fact]
    public void A_cut_while_held_makes_no_sound()
    {
        _queue.Write(1, Constant(9_000, 9600));
        Pull(1);
        _queue.Hold();
        Pull(1);
        _queue.Cut(1);
        _queue.Release();
        Assert.False(_queue.Pull(default, _frame));
        _queue.Write(2, Constant(5, 960));
        Assert.Equal(Constant(5, 960), Pull(1));
    }

    [Fact]
    public void Replies_do_not_share_a_frame()
    {
        _queue.Write(1, Constant(1, 100));
        _queue.Write(2, Constant(2, 100));
        Pull(1);
        Assert.Equal(1, _frame[99]);
        Assert.Equal(0, _frame[100]);
        Pull(1);
        Assert.Equal(2, _frame[0]);
    }

    [Fact]
    public void The_first_audible_sample_of_a_reply_is_timed()
    {
        _queue.Write(1, Constant(3, 960));
        _queue.Write(1, Constant(3_000, 960));
        _queue.Pull(Instant.FromMilliseconds(20), _frame);
        Assert.False(_queue.TryGetFirstAudible(1, out _));
        _queue.Pull(Instant.FromMilliseconds(40), _frame);
        Assert.True(_queue.TryGetFirstAudible(1, out Instant at));
        Assert.Equal(Instant.FromMilliseconds(40), at);
        Assert.False(_queue.TryGetFirstAudible(2, out _));
    }

    [Fact]
    public void Pulling_allocates_nothing()
    {
        _queue.Write(1, Constant(3_000, 48_000));
        Pull(2);
        int generation = 1;
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 40; i++)
            {
                if (i % 20 == 10)
                    _queue.Hold();
                if (i % 20 == 15)
                    _queue.Release();
                if (i == 35)
                    _queue.Cut(generation++);
                _queue.Pull(new Instant(i), _frame);
            }
        }));
    }

    [Fact]
    public void No_schedule_lets_stale_audio_out_or_loses_a_sample()
    {
        for (ulong seed = 1; seed <= 400; seed++)
        {
            var random = new SeededRandom(seed);
            var queue = new PlayoutQueue();
            int generation = 1;
            int cut = 0;
            List<short> written = [];
            List<short> played = [];
            short next = 1000;
            for (int step = 0; step < 300; step++)
            {
                switch (random.Next(8))
                {
                    case 0:
                        queue.Hold();
                        break;
                    case 1 or 2:
                        queue.Release();
                        break;
                    case 3 when random.Next(6) == 0:
                        queue.Cut(generation);
                        cut = generation;
                        break;
                    case 4 when random.Next(6) == 0:
                        generation++;
                        next = (short)(1000 * generation % 30_000);
                        break;
                    case 5 or 6:
                        int count = queue.Write(generation, Constant(next, random.Next(3000)));
                        written.AddRange(Constant(next, generation <= cut ? 0 : count));
                        break;
                    default:
                        bool speech = queue.Pull(default, _frame);
                        // After the frame that faded, no sample of a cut reply is heard.
                        short loudest = _frame.Max();
                        Assert.True(speech || loudest == 0, $"{random} step {step}");
                        if (queue.IsHeld)
                            Assert.True(_frame[PlayoutQueue.FadeSamples..].All(sample => sample == 0), $"{random} step {step}");
                        played.AddRange(_frame);
                        break;
                }
            }

            Assert.True(queue.Position <= queue.Written, $"{random}");
            Assert.True(written.Count == queue.Written, $"{random}");
        }
    }

    private static short[] Constant(short value, int length)
    {
        short[] pcm = new short[length];
        Array.Fill(pcm, value);
        return pcm;
    }

    private static short[] Ramp(int length) => [.. Enumerable.Range(1, length).Select(i => (short)i)];

    private static void AssertNoClick(IEnumerable<short> pcm)
    {
        short last = -1;
        foreach (short sample in pcm)
        {
            Assert.True(last < 0 || Math.Abs(sample - last) <= 100, $"{last} -> {sample}");
            last = sample;
        }
    }

    private List<short> Pull(int frames)
    {
        List<short> heard = [];
        for (int i = 0; i < frames; i++)
        {
            _queue.Pull(default, _frame);
            heard.AddRange(_frame);
        }

        return heard;
    }
}
