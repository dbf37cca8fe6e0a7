using AgentGateway.Audio;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;

namespace AgentGateway.Calls.Legs;

/// <summary>
/// A leg with a jitter buffer on one side, an encoder on the other and an absolute 20 ms grid between them.
/// </summary>
internal abstract class PacedLeg : AudioLeg
{
    private const int FrameSamples = 960;
    private static readonly TimeSpan FramePeriod = TimeSpan.FromMilliseconds(20);

    private readonly IOpusCodec _opus;
    private AudioReceiver _receiver;
    private AudioSender _sender;
    private IAudioCodec _heardCodec;
    private IAudioCodec _spokenCodec;
    private FrameClock? _clock;
    private long _reports;

    protected PacedLeg(IOpusCodec codec)
    {
        _opus = codec;
        _heardCodec = codec;
        _spokenCodec = codec;
        _receiver = new AudioReceiver(new JitterBufferOptions(), codec);
        _sender = new AudioSender(codec.CreateEncoder(new OpusEncoderOptions()));
    }

    internal override bool IsPaced => true;

    /// <summary>How long the caller's audio lies in the jitter buffer now.</summary>
    protected TimeSpan InputDelay => _receiver.CurrentDelay;

    internal override Instant? NextTimeout => _clock?.Next;

    /// <inheritdoc/>
    internal override LegStatistics Statistics => new(_receiver.Statistics, _clock?.TotalSkipped ?? 0, _sender.Refused);

    internal override void Start(Instant begin, RtcPeer peer)
    {
        Configure(peer.Audio, peer.Audio);
        _clock ??= new FrameClock(begin, FramePeriod);
    }

    internal override void HandleRenegotiated(RtcPeer peer, NegotiatedAudio? heard) => Configure(heard ?? peer.Audio, peer.Audio);

    internal override void HandleStreamChanged() => _receiver.Reset();

    internal override void HandleAudio(Instant now, RtcPeer peer, in RtcPeerEvent packet) =>
        _receiver.Insert(now, packet.Sequence, packet.Timestamp * TimestampScale(_heardCodec), packet.Payload.Span);

    internal override void HandleComfortNoise(Instant now, in RtcPeerEvent packet) =>
        _receiver.InsertComfortNoise(now, packet.Sequence, packet.Timestamp * TimestampScale(_heardCodec), packet.Payload.Span);

    internal override void HandleTimeout(Instant now, RtcPeer peer)
    {
        RtcRemoteReport report = peer.RemoteReport;
        if (report.Count != _reports)
        {
            _reports = report.Count;
            _sender.HandleReport(peer.Audio, report.FractionLost);
            HandleReport(report);
        }

        FrameClock clock = _clock!;
        Span<short> input = stackalloc short[FrameSamples];
        Span<short> output = stackalloc short[FrameSamples];
        for (int due = clock.Advance(now); due > 0; due--)
        {
            // Frames that a stall made impossible are skipped in time as well, so that the far end stays in step.
            long timestamp = (clock.NextIndex - due) * (FrameSamples / TimestampScale(_spokenCodec));
            AudioFrameKind kind = _receiver.Pull(now, input);
            if (Exchange(input, kind, output))
                _sender.SendFrame(now, peer, output, timestamp);
            else
                _sender.SendSilence(now, peer, timestamp);
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _receiver.Dispose();
        _sender.Dispose();
        base.Dispose();
    }

    // The jitter buffer counts in 48 kHz, telephone codecs in 8.
    private static int TimestampScale(IAudioCodec codec) => AudioFormat.SampleRate / codec.ClockRate;

    private void Configure(NegotiatedAudio? heard, NegotiatedAudio? spoken)
    {
        IAudioCodec codec = heard is null ? _heardCodec : AudioCodecs.Find(heard.Codec, _opus);
        if (codec != _heardCodec)
        {
            _heardCodec = codec;
            _receiver.Dispose();
            _receiver = new AudioReceiver(new JitterBufferOptions(), codec);
        }

        codec = spoken is null ? _spokenCodec : AudioCodecs.Find(spoken.Codec, _opus);
        if (codec != _spokenCodec)
        {
            _spokenCodec = codec;
            _sender.Dispose();
            _sender = codec == _opus ? new AudioSender(_opus.CreateEncoder(new OpusEncoderOptions())) : new AudioSender(codec.CreateEncoder());
        }

        _sender.Configure(spoken);
    }

    /// <summary>The far end told how our audio arrives.</summary>
    protected virtual void HandleReport(in RtcRemoteReport report)
    {
    }

    /// <summary>Takes a frame of the caller and gives one of the agent; false when the agent is silent.</summary>
    /// <param name="input">960 samples at 48 kHz.</param>
    /// <param name="kind">Where the input came from.</param>
    /// <param name="output">960 samples at 48 kHz, written when true is returned.</param>
    protected abstract bool Exchange(ReadOnlySpan<short> input, AudioFrameKind kind, Span<short> output);
}
