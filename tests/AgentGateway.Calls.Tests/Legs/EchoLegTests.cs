using AgentGateway.Audio;
using AgentGateway.Calls.Legs;
using AgentGateway.Calls.Tests.Support;
using AgentGateway.Rtc.Peer;
using AgentGateway.Testing;
using AgentGateway.Testing.Network;
using AgentGateway.Testing.Peers;

namespace AgentGateway.Calls.Tests.Legs;

public sealed class EchoLegTests
{
    [Fact]
    public void The_voice_comes_back()
    {
        short[] said = Voice.Create(4);
        using var call = new LegCall(new EchoLeg(LibOpusCodec.Instance), LegCall.WithoutDtx);
        call.Say(Voice.Encode(said));

        call.RunFor(4500);

        (double correlation, TimeSpan delay) = Voice.Find(Voice.Recode(Voice.Recode(said)), call.Decode(), TimeSpan.FromMilliseconds(300));
        Assert.True(correlation > 0.97, $"correlation {correlation:F3} at {delay.TotalMilliseconds} ms");
        Assert.InRange(delay.TotalMilliseconds, 20, 80);
        Assert.Equal(0, call.Leg.Statistics.Received.Lost);
        Assert.Equal(0, call.Leg.Statistics.PacketsRefused);
    }

    [Fact]
    public void The_voice_comes_back_over_a_bad_network()
    {
        short[] said = Voice.Create(6);
        var network = new NetemOptions { Latency = TimeSpan.FromMilliseconds(30), Jitter = TimeSpan.FromMilliseconds(15), Loss = 0.03 };
        using var call = new LegCall(new EchoLeg(LibOpusCodec.Instance), new TwoPeersOptions { Seed = 5, Uplink = network });
        call.Say(Voice.Encode(said));

        call.RunFor(6500);

        (double correlation, _) = Voice.Find(Voice.Recode(Voice.Recode(said)), call.Decode(), TimeSpan.FromMilliseconds(400));
        Assert.True(correlation > 0.6, $"correlation {correlation:F3}");
        Assert.True(call.Leg.Statistics.Received.Lost > 0);
        Assert.True(call.Leg.Statistics.Received.Played > 250);
    }

    [Fact]
    public void With_the_denoiser_noise_comes_back_quieter_and_the_voice_as_it_was()
    {
        var random = new SeededRandom(15);
        short[] said = Voice.Create(6);
        short[] noisy = [.. said.Select(s => (short)Math.Clamp(s + random.NextGaussian(0, 300), short.MinValue, short.MaxValue))];
        (double plain, double plainRms) = Echo(denoise: false);
        (double cleaned, double cleanedRms) = Echo(denoise: true);
        Assert.True(cleaned > plain && cleaned > 0.95, $"correlation with what was said {plain:F3}, with the denoiser {cleaned:F3}");
        Assert.True(cleanedRms < plainRms, $"level {plainRms:F4}, with the denoiser {cleanedRms:F4}");

        (double Correlation, double Rms) Echo(bool denoise)
        {
            using var call = new LegCall(new EchoLeg(LibOpusCodec.Instance, denoise), LegCall.WithoutDtx);
            call.Say(Voice.Encode(noisy));
            call.RunFor(6500);
            short[] heard = call.Decode();
            return (Voice.Find(Voice.Recode(Voice.Recode(said)), heard, TimeSpan.FromMilliseconds(300)).Correlation, AudioLevel.Rms(heard));
        }
    }

    [Fact]
    public void Another_source_begins_anew_and_is_heard()
    {
        short[] said = Voice.Create(1);
        List<byte[]> packets = Voice.Encode(said);
        using var call = new LegCall(new EchoLeg(LibOpusCodec.Instance), LegCall.WithoutDtx);
        call.Say(packets);
        call.RunFor(1200);
        call.Leg.HandleStreamChanged();
        int before = call.Heard.Count;

        // Far from where the first one was, in both numbers.
        for (int i = 0; i < packets.Count; i++)
        {
            int index = i;
            call.Pair.Schedule(TimeSpan.FromMilliseconds(20 * index), now => call.Leg.HandleAudio(now, call.Pair.Answerer.Peer, new RtcPeerEvent
            {
                Kind = RtcPeerEventKind.AudioReceived,
                Sequence = 3 + index,
                Timestamp = 77 + (index * 960),
                Payload = packets[index],
            }));
        }

        call.RunFor(1300);
        call.Heard.RemoveRange(0, before);
        (double correlation, _) = Voice.Find(Voice.Recode(Voice.Recode(said)), call.Decode(), TimeSpan.FromMilliseconds(300));
        Assert.True(correlation > 0.97, $"correlation {correlation:F3}");
        Assert.Equal(1, call.Leg.Statistics.Received.Resets);
        Assert.Equal(0, call.Leg.Statistics.Received.Late);
    }

    [Fact]
    public void Nothing_is_allocated_per_packet()
    {
        List<byte[]> packets = Voice.Encode(Voice.Create(8));
        using var call = new LegCall(new EchoLeg(LibOpusCodec.Instance));
        call.Say(packets);
        call.RunFor(2000);
        call.Allocated = 0;
        call.Inputs = 0;

        call.RunFor(6000);

        Assert.True(call.Inputs > 550, $"{call.Inputs}");
        Assert.Equal(0, call.Allocated);
    }

    [Fact]
    public void The_encoder_is_freed_with_the_leg()
    {
        var codec = new CountingCodec();
        var leg = new EchoLeg(codec);
        leg.Dispose();
        leg.Dispose();
        Assert.True(codec.Encoder.IsDisposed);
    }
}
