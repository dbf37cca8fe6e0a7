using AgentGateway.Audio;
using AgentGateway.Conversation.Session;
using AgentGateway.Rtc.Peer;

namespace AgentGateway.Calls.Legs;

/// <summary>Gives the caller's audio to a conversation at 16 kHz and plays what it says.</summary>
internal sealed class ConversationLeg : PacedLeg
{
    private readonly ConversationSession _session;
    private readonly Resampler _toRecognizer = new(48000, 16000);

    internal ConversationLeg(IOpusCodec codec, ConversationSession session)
        : base(codec) => _session = session;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _toRecognizer.Dispose();
        base.Dispose();
    }

    // What of an interrupted answer was heard is counted back by the way it has to go: half a round trip, a jitter buffer of
    // about twice the jitter, and the frame being played.
    protected override void HandleReport(in RtcRemoteReport report) =>
        _session.OutputDelay = ((report.RoundTripTime ?? TimeSpan.Zero) / 2) + (report.Jitter * 2) + TimeSpan.FromMilliseconds(20);

    protected override bool Exchange(ReadOnlySpan<short> input, AudioFrameKind kind, Span<short> output)
    {
        _session.InputDelay = InputDelay;
        Span<short> pcm16k = stackalloc short[320];
        int samples = _toRecognizer.Process(input, pcm16k);
        _session.PushAudio(pcm16k[..samples]);
        return _session.PullAudio(output);
    }
}
