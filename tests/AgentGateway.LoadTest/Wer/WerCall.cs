using AgentGateway.Audio;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using AgentGateway.Testing.Network;
using AgentGateway.Testing.Peers;

namespace AgentGateway.LoadTest.Wer;

/// <summary>
/// One call over the simulated network: a caller that plays the script, and our receiving side as a conversation has it. Both are
/// real peers with SRTP, RTCP, redundancy and retransmission; only the datagrams' way and the clock are made up.
/// </summary>
internal static class WerCall
{
    private const double LossDecay = 0.7;
    private const double NegligibleLoss = 0.01;
    private static readonly TimeSpan FrameTime = TimeSpan.FromMilliseconds(20);

    /// <summary>What a call gave.</summary>
    /// <param name="Pcm16k">What the recogniser hears; the same length as the script.</param>
    /// <param name="Jitter">The jitter buffer's counters.</param>
    /// <param name="Statistics">The receiving peer's counters.</param>
    /// <param name="BitsPerSecond">What the caller sent, RTP headers and tags included.</param>
    /// <param name="MeanDelay">The jitter buffer's delay, over all frames.</param>
    /// <param name="MeanTarget">The delay it aimed at, over all frames.</param>
    internal sealed record Result(short[] Pcm16k, JitterStatistics Jitter, RtcStatistics Statistics, double BitsPerSecond, TimeSpan MeanDelay, TimeSpan MeanTarget);

    internal static Result Run(WerScript script, NetemOptions network, WerRepair repair, TimeSpan maxDelay, ulong seed)
    {
        RtcPeerOptions Configure(RtcPeerOptions options) => options with { PreferRed = repair.Red, PreferNack = repair.Nack, PreferFec = repair.Fec };
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions
        {
            Seed = seed,
            Network = network,
            ConfigureCaller = Configure,
            ConfigureAnswerer = Configure,
        });
        using IOpusEncoder encoder = LibOpusCodec.Instance.CreateEncoder(new OpusEncoderOptions { InbandFec = repair.Fec });
        using var receiver = new AudioReceiver(new JitterBufferOptions { MaxDelay = maxDelay }, LibOpusCodec.Instance);
        using var resampler = new Resampler(48000, 16000);
        pair.Answerer.OnEvent = (now, e) =>
        {
            if (e.Kind == RtcPeerEventKind.RemoteStreamChanged)
                receiver.Reset();
            else if (e.Kind == RtcPeerEventKind.AudioReceived)
                receiver.Insert(now, e.Sequence, e.Timestamp, e.Payload.Span);
        };

        short[] output = new short[script.Frames * 320];
        int written = 0;
        int frame = 0;
        byte[] packet = new byte[1275];
        short[] pulled = new short[WerScript.FrameSamples];
        double loss = 0;
        long reports = 0;
        TimeSpan delays = TimeSpan.Zero;
        TimeSpan targets = TimeSpan.Zero;
        long bytesBefore = pair.Caller.Peer.GetStatistics(pair.Now).BytesSent;
        void Tick(Instant now)
        {
            if (frame == script.Frames)
                return;
            if (repair.Fec && pair.Caller.Peer.RemoteReport is { } report && report.Count != reports)
            {
                reports = report.Count;
                loss = Math.Max(report.FractionLost, loss * LossDecay);
                encoder.ExpectedLossPercent = loss < NegligibleLoss ? 0 : Math.Min(25, (int)Math.Ceiling(loss * 20) * 5);
            }

            int length = encoder.Encode(script.Pcm.AsSpan(frame * WerScript.FrameSamples, WerScript.FrameSamples), packet);
            pair.Caller.Peer.SendAudio(now, packet.AsSpan(0, length), frame * (long)WerScript.FrameSamples, marker: frame == 0);
            frame++;
            pair.Schedule(FrameTime, Tick);
        }

        void Pull(Instant now)
        {
            if (written == output.Length)
                return;
            receiver.Pull(now, pulled);
            written += resampler.Process(pulled, output.AsSpan(written, 320));
            JitterStatistics statistics = receiver.Statistics;
            delays += statistics.CurrentDelay;
            targets += statistics.TargetDelay;
            pair.Schedule(FrameTime, Pull);
        }

        pair.Schedule(TimeSpan.Zero, Tick);
        pair.Schedule(TimeSpan.FromMilliseconds(7), Pull);
        pair.RunUntil(() => written == output.Length, TimeSpan.FromMinutes(30));
        long bytes = pair.Caller.Peer.GetStatistics(pair.Now).BytesSent - bytesBefore;
        return new Result(
            output,
            receiver.Statistics,
            pair.Answerer.Peer.GetStatistics(pair.Now),
            bytes * 8 / (script.Frames * FrameTime.TotalSeconds),
            delays / script.Frames,
            targets / script.Frames);
    }
}
