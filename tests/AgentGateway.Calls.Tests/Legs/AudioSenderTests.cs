using AgentGateway.Audio;
using AgentGateway.Calls.Tests.Support;
using AgentGateway.Rtc.Peer;
using AgentGateway.Testing.Network;
using AgentGateway.Testing.Peers;

namespace AgentGateway.Calls.Tests.Legs;

/// <summary>What a paced leg sends: sound, silence, and what the far end's wishes and reports change about it.</summary>
public sealed class AudioSenderTests
{
    private static readonly byte[] SilenceFrame = [0xF8, 0xFF, 0xFE];

    [Fact]
    public void Silence_is_sent_at_every_tick_but_never_encoded()
    {
        var codec = new CountingCodec();
        using var call = new LegCall(new ScriptedLeg(codec, _ => false), LegCall.WithoutDtx);

        call.RunFor(2000);

        Assert.Equal(0, codec.Encoder.Encoded);
        Assert.InRange(call.Heard.Count, 98, 101);
        Assert.All(call.Heard, h => Assert.Equal(SilenceFrame, h.Payload));
        Assert.All(Steps(call), s => Assert.Equal(960, s));
        Assert.DoesNotContain(call.Heard, h => h.Marker);
    }

    [Fact]
    public void The_silence_frame_is_valid_and_silent()
    {
        using IOpusDecoder decoder = LibOpusCodec.Instance.CreateDecoder();
        short[] pcm = new short[5760];
        Assert.Equal(OpusStatus.Ok, decoder.Decode(SilenceFrame, pcm, out int samples));
        Assert.Equal(960, samples);
        Assert.Equal(0, AudioLevel.Peak(pcm.AsSpan(0, samples)));
    }

    [Fact]
    public void With_dtx_silence_is_a_packet_at_once_and_then_every_400_ms()
    {
        var codec = new CountingCodec();
        using var call = new LegCall(new ScriptedLeg(codec, _ => false));
        Assert.True(call.Pair.Answerer.Peer.Audio!.Dtx);

        call.RunFor(4010);

        Assert.Equal(0, codec.Encoder.Encoded);
        Assert.InRange((call.Heard[0].At - call.Pair.Now).TotalMilliseconds, -4010, -3970);
        Assert.InRange(call.Heard.Count, 10, 11);
        Assert.All(Steps(call), s => Assert.Equal(20 * 960, s));
    }

    [Fact]
    public void Each_talkspurt_begins_with_a_marker_and_ends_with_an_encoded_tail()
    {
        var codec = new CountingCodec();

        // 0.5 s of speech in each second.
        using var call = new LegCall(new ScriptedLeg(codec, f => f % 50 >= 25), LegCall.WithoutDtx);

        call.RunFor(4000);

        long[] marked = [.. call.Heard.Where(h => h.Marker).Select(h => (h.Timestamp - call.Heard[0].Timestamp) / 960)];
        Assert.Equal([25, 75, 125, 175], marked);
        Assert.All(Steps(call), s => Assert.Equal(960, s));
        Assert.InRange(codec.Encoder.Encoded, (25 * 4) + (5 * 3) - 1, (25 * 4) + (5 * 3) + 1);
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(5, false)]
    [InlineData(6, true)]
    [InlineData(20, true)]
    public void The_encoder_begins_anew_only_where_the_far_decoder_heard_digital_silence(int pause, bool beginsAnew)
    {
        var codec = new CountingCodec();
        using var call = new LegCall(new ScriptedLeg(codec, f => f % 50 < 50 - pause), LegCall.WithoutDtx);

        call.RunFor(3990);

        // A reset while the far decoder still holds what the encoder made before would be a step in the sound.
        CountingCodec.CountingEncoder encoder = codec.Encoder;
        Assert.Equal(beginsAnew, call.Heard.Any(h => h.Payload.AsSpan().SequenceEqual(SilenceFrame)));
        Assert.Equal(beginsAnew ? 3 : 0, encoder.Resets.Count);
        Assert.All(encoder.Resets, at => Assert.Equal(0, at % (50 - pause + 5)));
    }

    [Fact]
    public void What_was_said_in_one_call_is_not_encoded_again_in_the_next()
    {
        var counting = new CountingCodec();
        var shared = new CachingOpusCodec(counting);

        // Two talkspurts of half a second with the same words, in each of two calls.
        HeardPacket[] first = Speech(shared);
        HeardPacket[] second = Speech(shared);

        Assert.InRange(first.Length, 50, 60);
        Assert.Equal(first.Select(h => h.Payload), second.Select(h => h.Payload));
        Assert.Equal(30, counting.Encoders[0].Encoded);
        Assert.Equal(0, counting.Encoders[1].Encoded);

        static HeardPacket[] Speech(IOpusCodec codec)
        {
            using var call = new LegCall(new ScriptedLeg(codec, f => f % 50 >= 25), LegCall.WithoutDtx);
            call.RunFor(2200);
            return [.. call.Heard.Where(h => !h.Payload.AsSpan().SequenceEqual(SilenceFrame))];
        }
    }

    [Fact]
    public void A_frame_that_comes_late_begins_no_talkspurt()
    {
        using var call = new LegCall(new ScriptedLeg(LibOpusCodec.Instance, f => f % 10 != 0), LegCall.WithoutDtx);

        call.RunFor(2000);

        Assert.Single(call.Heard, h => h.Marker);
    }

    [Fact]
    public void After_a_stall_time_goes_on_where_it_should_be()
    {
        using var call = new LegCall(new ScriptedLeg(LibOpusCodec.Instance, _ => true), LegCall.WithoutDtx);
        call.RunFor(1000);
        int before = call.Heard.Count;
        call.Stall(TimeSpan.FromMilliseconds(500));

        call.RunFor(2000);

        // Ten packets in a row would be a burst; what the stall made impossible is skipped, up to three frames.
        HeardPacket first = call.Heard[before];
        Assert.InRange(call.Leg.Statistics.FramesSkipped, 21, 24);
        Assert.Single(Steps(call), s => s != 960);
        Assert.Equal(3, call.Heard.Count(h => h.At == call.Heard.First(x => x.At - first.At > TimeSpan.FromMilliseconds(400)).At));
        HeardPacket last = call.Heard[^1];
        double driftMilliseconds = (last.At - call.Heard[0].At).TotalMilliseconds - ((last.Timestamp - call.Heard[0].Timestamp) / 48.0);
        Assert.InRange(driftMilliseconds, -1, 1);
    }

    [Fact]
    public void The_bitrate_a_caller_wants_at_most_is_kept()
    {
        var codec = new CountingCodec();
        var options = new TwoPeersOptions { RewriteOffer = s => s.Replace("useinbandfec=1", "useinbandfec=1;maxaveragebitrate=16000", StringComparison.Ordinal) };
        using var call = new LegCall(new ScriptedLeg(codec, _ => true), options);
        Assert.Equal(16000, call.Pair.Answerer.Peer.Audio!.MaxAverageBitrate);

        call.RunFor(100);

        Assert.Equal(16000, codec.Encoder.Bitrate);
    }

    [Fact]
    public void Forward_error_correction_follows_the_loss_that_the_caller_reports()
    {
        var codec = new CountingCodec();
        using var call = new LegCall(
            new ScriptedLeg(codec, _ => true), new TwoPeersOptions { Seed = 3, Downlink = NetemOptions.Lan with { Loss = 0.1 } });
        Assert.Equal(0, codec.Encoder.ExpectedLossPercent);

        call.RunFor(20_000);

        RtcRemoteReport report = call.Pair.Answerer.Peer.RemoteReport;
        Assert.InRange(report.Count, 10, 45);
        Assert.InRange(codec.Encoder.ExpectedLossPercent, 10, 25);
        Assert.DoesNotContain(call.Heard.Take(20), HasFec);
        Assert.Contains(call.Heard.TakeLast(100), HasFec);
    }

    [Fact]
    public void A_caller_that_cannot_use_it_gets_no_forward_error_correction()
    {
        var codec = new CountingCodec();
        var options = new TwoPeersOptions
        {
            Seed = 3,
            Downlink = NetemOptions.Lan with { Loss = 0.1 },
            ConfigureCaller = o => o with { PreferFec = false },
        };
        using var call = new LegCall(new ScriptedLeg(codec, _ => true), options);

        call.RunFor(20_000);

        Assert.True(call.Pair.Answerer.Peer.RemoteReport.Count > 1);
        Assert.Equal(0, codec.Encoder.ExpectedLossPercent);
    }

    private static bool HasFec(HeardPacket packet) => OpusPacket.TryParse(packet.Payload, out OpusPacketInfo info) && info.HasFec;

    private static IEnumerable<long> Steps(LegCall call) => call.Heard.Zip(call.Heard.Skip(1), (a, b) => b.Timestamp - a.Timestamp);
}
