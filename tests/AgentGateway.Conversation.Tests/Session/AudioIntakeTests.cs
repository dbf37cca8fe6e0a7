using AgentGateway.Conversation.Session;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.Tests.Session;

public sealed class AudioIntakeTests
{
    private readonly AudioIntake _intake = new(EndOfTurnJudge.MaxSamples);
    private readonly short[] _window = new short[512];
    private short _next;

    public AudioIntakeTests() => _intake.Keep();

    [Fact]
    public void Windows_come_out_whole_and_in_order()
    {
        Push(2);
        Assert.True(_intake.TryRead(_window, out long end, out Instant arrival));
        Assert.Equal((512, Instant.FromMilliseconds(20)), (end, arrival));
        Assert.Equal(Enumerable.Range(0, 512).Select(i => (short)i), _window);
        Assert.False(_intake.TryRead(_window, out _, out _));
    }

    [Fact]
    public void A_push_tells_when_the_loop_has_what_it_waits_for()
    {
        short[] frame = new short[320];
        _intake.Wanted = 640;
        Assert.False(_intake.Push(frame, default));
        Assert.True(_intake.Push(frame, default));

        // The loop has not come yet: it may have missed the first time.
        Assert.True(_intake.Push(frame, default));
        _intake.Wanted = 1280;
        Assert.True(_intake.Push(frame, default));
        _intake.Wanted = 1920;
        Assert.False(_intake.Push(frame, default));
    }

    [Fact]
    public void Three_seconds_are_kept_and_the_oldest_are_lost_and_counted()
    {
        Push(200);
        Assert.True(_intake.TryRead(_window, out long end, out _));
        Assert.Equal((200 * 320) - 48_000 + 512, end);
        Assert.Equal((200 * 320) - 48_000, _intake.Dropped);
        Assert.Equal((short)((200 * 320) - 48_000), _window[0]);
    }

    [Fact]
    public void What_was_read_can_be_read_again_for_a_while()
    {
        Push(60);
        while (_intake.TryRead(_window, out _, out _))
        {
        }

        short[] preRoll = new short[8000];
        long from = _intake.Position - 8000;
        Assert.Equal(8000, _intake.ReadAt(ref from, preRoll));
        Assert.Equal((short)from, preRoll[0]);
        long future = _intake.Written + 10;
        Assert.Equal(0, _intake.ReadAt(ref future, preRoll));
    }

    [Fact]
    public void A_caller_who_never_spoke_is_not_kept()
    {
        var intake = new AudioIntake(EndOfTurnJudge.MaxSamples);
        Assert.InRange(ReadAgain(intake), 0, 4096);

        // From here on: what an end-of-turn model hears.
        intake.Keep();
        Assert.InRange(ReadAgain(intake), EndOfTurnJudge.MaxSamples, EndOfTurnJudge.MaxSamples + 4096);
    }

    [Fact]
    public void What_is_gone_is_skipped()
    {
        Push(1000);
        long from = 0;
        short[] pcm = new short[100];
        Assert.Equal(100, _intake.ReadAt(ref from, pcm));
        Assert.InRange(from, (1000 * 320) - 131_072, (1000 * 320) - 125_000);
        Assert.Equal((short)from, pcm[0]);
    }

    [Fact]
    public void A_reader_that_is_overtaken_never_sees_torn_audio()
    {
        // Every sample of a push has the same value: a window that mixes old and new audio would show it.
        using var done = new CancellationTokenSource();
        var intake = new AudioIntake();
        var writer = new Thread(() =>
        {
            short[] pcm = new short[320];
            for (int i = 0; i < 200_000; i++)
            {
                Array.Fill(pcm, (short)(i & 0x7FFF));
                intake.Push(pcm, new Instant(i));
            }

            done.Cancel();
        });
        writer.Start();
        short[] window = new short[320];
        int read = 0;
        while (!done.IsCancellationRequested)
        {
            if (!intake.TryRead(window, out long end, out _))
                continue;
            read++;
            long first = (end - 320) / 320;
            for (int i = 0; i < 320; i++)
                Assert.Equal((short)((first + ((end - 320 + i) / 320) - first) & 0x7FFF), window[i]);
        }

        writer.Join();
        Assert.True(read > 0);
    }

    [Fact]
    public void Nothing_is_lost_while_the_ring_grows()
    {
        var intake = new AudioIntake();
        short[] pcm = new short[320];
        short next = 0;
        short expected = 0;
        for (int ahead = 1; ahead <= 48_000 / 320; ahead += 7)
        {
            for (int i = 0; i < ahead; i++)
            {
                for (int sample = 0; sample < pcm.Length; sample++)
                    pcm[sample] = next++;
                intake.Push(pcm, default);
            }

            while (intake.TryRead(pcm, out _, out _))
                Assert.Equal(pcm.Select(_ => expected++).ToArray(), pcm);
        }

        Assert.Equal(next, expected);
        Assert.Equal(0, intake.Dropped);
    }

    // How much of 10 s that were read at once is there still.
    private static long ReadAgain(AudioIntake intake)
    {
        short[] pcm = new short[320];
        for (int i = 0; i < 500; i++)
        {
            intake.Push(pcm, default);
            Assert.True(intake.TryRead(pcm, out _, out _));
        }

        long from = 0;
        Assert.Equal(320, intake.ReadAt(ref from, pcm));
        return intake.Position - from;
    }

    private void Push(int frames)
    {
        short[] pcm = new short[320];
        for (int frame = 0; frame < frames; frame++)
        {
            for (int i = 0; i < pcm.Length; i++)
                pcm[i] = _next++;
            _intake.Push(pcm, Instant.FromMilliseconds(frame * 20));
        }
    }
}
