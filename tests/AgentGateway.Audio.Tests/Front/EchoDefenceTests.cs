using AgentGateway.Audio.Front;
using AgentGateway.Testing;
using AgentGateway.Testing.Acoustics;

namespace AgentGateway.Audio.Tests.Front;

public sealed class EchoDefenceTests
{
    private static readonly Lazy<short[]> Agent = new(() => Speech("read/jfk.wav", -20));
    private static readonly Lazy<short[]> Caller = new(() => Speech("librispeech/ls-1089-134686-0000.wav", -23));

    [Theory]
    [InlineData(0)]
    [InlineData(35)]
    [InlineData(80)]
    [InlineData(215)]
    [InlineData(300)]
    [InlineData(480)]
    public void The_delay_is_found_and_the_echo_goes(int delayMs)
    {
        List<EchoFrame> frames = Run(Agent.Value, near: null, delayMs, -10);
        EchoFrame[] loud = [.. frames.Skip((delayMs / 20) + 100).Where(frame => frame.LevelDb > -42)];
        Assert.All(loud, frame => Assert.InRange(frame.Delay.TotalMilliseconds, delayMs - 4, delayMs + 4));
        Assert.InRange(loud.Average(frame => frame.LevelDb - frame.CleanedDb), 20, 100);
        Assert.InRange(loud.Where(frame => frame.EchoLikelihood > 0.6f).Sum(Energy) / loud.Sum(Energy), 0.85, 1);
    }

    [Fact]
    public void Echo_is_known_for_what_it_is_from_its_first_tenths_of_a_second()
    {
        List<EchoFrame> frames = Run(Agent.Value, near: null, 150, -10);
        int first = frames.FindIndex(frame => frame.LevelDb > -45);
        Assert.InRange(frames.FindIndex(first, frame => frame.EchoLikelihood > 0.6f) - first, 0, 6);
    }

    [Fact]
    public void A_voice_of_its_own_is_no_echo_and_stays()
    {
        List<EchoFrame> frames = Run(Agent.Value, Caller.Value, null, 0);
        EchoFrame[] loud = [.. frames.Skip(50).Where(frame => frame.LevelDb > -35)];
        Assert.InRange(loud.Count(frame => frame.EchoLikelihood > 0.6f) / (double)loud.Length, 0, 0.05);
        Assert.InRange(loud.Average(frame => frame.LevelDb - frame.CleanedDb), -1, 2);
    }

    // Two voices of the same pitch correlate by chance; a delay that was found so would stay, and take syllables out of all that is said later.
    [Fact]
    public void Who_speaks_over_the_agent_into_a_headset_is_hardly_ever_taken_for_an_echo()
    {
        string[] names = [.. Recordings.All.Where(r => r is { Channels: 1, SampleRate: 16_000, Seconds: > 3 } && r.Name.StartsWith("librispeech/", StringComparison.Ordinal)).Select(r => r.Name).Order(StringComparer.Ordinal).Take(8)];
        short[][] voices = [.. names.Select(name => Loud(Speech(name, -23)).Take(2 * 16_000).ToArray())];
        List<string> found = [];
        for (int agent = 0; agent < voices.Length; agent++)
        {
            for (int caller = 0; caller < voices.Length; caller++)
            {
                if (agent != caller && Run(voices[agent], [.. new short[8000], .. voices[caller].Take(24_000)], null, 0)[^1].Delay != TimeSpan.Zero)
                    found.Add($"{names[caller]} over {names[agent]}");
            }
        }

        Assert.Equal(8, names.Length);
        // Of 56 pairs.
        Assert.InRange(found.Count, 0, 3);
    }

    [Theory]
    [InlineData(40, 250)]
    [InlineData(150, 250)]
    [InlineData(300, 250)]
    [InlineData(150, 500)]
    public void An_echo_in_a_loud_room_is_found_within_a_second(int delayMs, int noise)
    {
        // -42 and -36 dBFS of noise under an echo of about -30.
        var random = new SeededRandom(4);
        short[] room = [.. Enumerable.Range(0, Agent.Value.Length).Select(_ => (short)random.NextGaussian(0, noise))];
        List<EchoFrame> frames = Run(Loud(Agent.Value), room, delayMs, -10);
        int first = frames.FindIndex(frame => frame.Delay != TimeSpan.Zero);
        Assert.InRange(first, 0, (delayMs / 20) + 50);
        Assert.All(frames.Skip(100), frame => Assert.InRange(frame.Delay.TotalMilliseconds, delayMs - 4, delayMs + 4));
    }

    [Fact]
    public void Double_talk_gets_through()
    {
        List<EchoFrame> echo = Run(Agent.Value, near: null, 120, -10);
        List<EchoFrame> both = Run(Agent.Value, [.. new short[4 * 16_000], .. Caller.Value], 120, -10);
        // Where the caller is louder than the echo, half a second in.
        int through = 0, spoken = 0;
        for (int i = 225; i < Math.Min(both.Count, 380); i++)
        {
            if (both[i].LevelDb < echo[i].LevelDb + 6 || both[i].LevelDb < -35)
                continue;
            spoken++;
            through += both[i].EchoLikelihood < 0.6f ? 1 : 0;
        }

        Assert.True(spoken > 30);
        Assert.InRange(through / (double)spoken, 0.75, 1);
    }

    [Fact]
    public void A_voice_over_a_known_echo_shows_within_60_ms()
    {
        // The caller begins in the middle of the agent's speech, at the level of the echo.
        const int begin = 6 * 16_000;
        List<EchoFrame> frames = Run(Agent.Value, [.. new short[begin], .. Loud(Caller.Value)], 120, -10);
        Assert.InRange(frames.FindIndex(begin / 320, frame => frame.EchoLikelihood < 0.6f) - (begin / 320), 0, 3);
    }

    [Fact]
    public void Cleaning_in_place_judges_like_cleaning_into_other_memory()
    {
        var random = new SeededRandom(3);
        var room = new SpeakerRoom(random, 120, -10);
        using var inPlace = new EchoDefence(new EchoDefenceOptions());
        using var apart = new EchoDefence(new EchoDefenceOptions());
        short[] microphone = new short[320];
        short[] cleaned = new short[320];
        for (int at = 0; at + 320 <= 16_000 * 5; at += 320)
        {
            Array.Clear(microphone);
            room.Play(Agent.Value.AsSpan(at, 320), microphone);
            inPlace.PushPlayed(Agent.Value.AsSpan(at, 320));
            apart.PushPlayed(Agent.Value.AsSpan(at, 320));
            EchoFrame expected = apart.Process(microphone, cleaned);
            Assert.Equal(expected, inPlace.Process(microphone, microphone));
            Assert.Equal(cleaned, microphone);
        }
    }

    [Fact]
    public void The_first_loud_sound_beside_the_agent_is_suspected_until_its_delay_could_be_known()
    {
        short[] voice = Loud(Caller.Value);
        List<EchoFrame> early = Run(Loud(Agent.Value), voice, null, 0);
        int first = early.FindIndex(frame => frame.LevelDb > -45);
        Assert.All(early.Skip(first).Take(4), frame => Assert.InRange(frame.EchoLikelihood, 0.6f, 1));
        Assert.InRange(early.Count(frame => frame.EchoLikelihood >= 0.6f), 4, 8);
        List<EchoFrame> later = Run(Loud(Agent.Value), [.. new short[16_000], .. voice], null, 0);
        Assert.All(later, frame => Assert.InRange(frame.EchoLikelihood, 0, 0.6f));
    }

    [Fact]
    public void Without_anything_played_the_microphone_passes_untouched()
    {
        using var defence = new EchoDefence(new EchoDefenceOptions());
        short[] cleaned = new short[320];
        for (int at = 0; at + 320 <= Caller.Value.Length; at += 320)
        {
            defence.PushPlayed(new short[320]);
            EchoFrame frame = defence.Process(Caller.Value.AsSpan(at, 320), cleaned);
            Assert.Equal(0, frame.EchoLikelihood);
            Assert.Equal(Caller.Value.AsSpan(at, 320).ToArray(), cleaned);
        }
    }

    [Fact]
    public void A_delay_that_jumps_is_found_again()
    {
        var random = new SeededRandom(5);
        using var defence = new EchoDefence(new EchoDefenceOptions());
        short[] played = [.. Agent.Value, .. Agent.Value];
        List<EchoFrame> frames = Play(defence, played, null, new SpeakerRoom(random, 100, -10), random, until: played.Length / 2);
        Assert.InRange(frames[^1].Delay.TotalMilliseconds, 96, 104);
        frames = Play(defence, played, null, new SpeakerRoom(random, 260, -10), random, from: played.Length / 2);
        Assert.InRange(frames[150].Delay.TotalMilliseconds, 256, 264);
        Assert.InRange(frames.Skip(200).Where(frame => frame.LevelDb > -42).Average(frame => frame.LevelDb - frame.CleanedDb), 15, 100);
    }

    [Fact]
    public void Denoising_lowers_steady_noise()
    {
        var random = new SeededRandom(6);
        using var defence = new EchoDefence(new EchoDefenceOptions { Denoise = true, CancelEcho = false });
        short[] noise = new short[320];
        List<EchoFrame> frames = [];
        for (int i = 0; i < 200; i++)
        {
            for (int n = 0; n < 320; n++)
                noise[n] = (short)random.NextGaussian(0, 600);
            frames.Add(defence.Process(noise, noise));
        }

        Assert.InRange(frames.Skip(100).Average(frame => frame.LevelDb - frame.CleanedDb), 8, 25);
    }

    [Fact]
    public void Nothing_is_allocated_per_frame()
    {
        var random = new SeededRandom(8);
        using var defence = new EchoDefence(new EchoDefenceOptions());
        Play(defence, Agent.Value, null, new SpeakerRoom(random, 60, -10), random, until: 16_000 * 2);
        short[] cleaned = new short[320];
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int at = 0; at < 16_000; at += 320)
            {
                defence.PushPlayed(Agent.Value.AsSpan(at, 320));
                defence.Process(Agent.Value.AsSpan(at, 320), cleaned);
            }
        }));
    }

    [Fact]
    public void Frames_of_another_length_are_refused()
    {
        using var defence = new EchoDefence(new EchoDefenceOptions());
        Assert.Throws<ArgumentException>(() => defence.PushPlayed(new short[160]));
        Assert.Throws<ArgumentException>(() => defence.Process(new short[320], new short[319]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EchoDefence(new EchoDefenceOptions { MaxDelay = TimeSpan.FromSeconds(1) }));
    }

    // From the first syllable on.
    private static short[] Loud(short[] pcm)
    {
        int frame = 0;
        while (AudioLevel.Dbfs(pcm.AsSpan(frame * 320, 320)) < -35)
            frame++;
        return pcm[(frame * 320)..];
    }

    private static double Energy(EchoFrame frame) => Math.Pow(10, frame.LevelDb / 10);

    private static List<EchoFrame> Run(short[] played, short[]? near, int? delayMs, double echoDb)
    {
        var random = new SeededRandom(2);
        using var defence = new EchoDefence(new EchoDefenceOptions());
        return Play(defence, played, near, delayMs is { } delay ? new SpeakerRoom(random, delay, echoDb) : null, random);
    }

    private static List<EchoFrame> Play(EchoDefence defence, short[] played, short[]? near, SpeakerRoom? room, SeededRandom random, int from = 0, int until = int.MaxValue)
    {
        List<EchoFrame> frames = [];
        short[] microphone = new short[320];
        for (int at = from / 320 * 320; at + 320 <= Math.Min(played.Length, until); at += 320)
        {
            for (int i = 0; i < 320; i++)
                microphone[i] = (short)((near is not null && at + i < near.Length ? near[at + i] : 0) + random.NextGaussian(0, 10));
            room?.Play(played.AsSpan(at, 320), microphone);
            defence.PushPlayed(played.AsSpan(at, 320));
            frames.Add(defence.Process(microphone, microphone));
        }

        return frames;
    }

    private static short[] Speech(string name, double db)
    {
        short[] wide = Signals.Recording(name);
        using Resampler resampler = new(48_000, 16_000);
        short[] pcm = new short[resampler.MaxOutputLength(wide.Length)];
        pcm = pcm[..resampler.Process(wide, pcm)];
        double gain = Math.Pow(10, (db - AudioLevel.Dbfs(pcm)) / 20);
        return [.. pcm.Select(x => (short)Math.Clamp(x * gain, short.MinValue, short.MaxValue))];
    }
}
