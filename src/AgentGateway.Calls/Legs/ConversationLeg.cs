using AgentGateway.Audio;
using AgentGateway.Conversation.Session;

namespace AgentGateway.Calls.Legs;

/// <summary>Gives the caller's audio to a conversation at 16 kHz and plays what it says.</summary>
internal sealed class ConversationLeg : PacedLeg
{
    private readonly ConversationSession _session;
    private readonly Resampler _toRecognizer = new(48000, 16000);
    private readonly short[] _pcm16k = new short[320];

    internal ConversationLeg(IOpusCodec codec, ConversationSession session)
        : base(codec) => _session = session;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _toRecognizer.Dispose();
        base.Dispose();
    }

    protected override bool Exchange(ReadOnlySpan<short> input, AudioFrameKind kind, Span<short> output)
    {
        int samples = _toRecognizer.Process(input, _pcm16k);
        _session.PushAudio(_pcm16k.AsSpan(0, samples));
        return _session.PullAudio(output);
    }
}
