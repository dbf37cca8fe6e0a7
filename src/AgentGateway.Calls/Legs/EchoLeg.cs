using AgentGateway.Audio;

namespace AgentGateway.Calls.Legs;

/// <summary>Decodes, jitter-buffers, encodes and returns the caller's audio: shows that everything but the AI works.</summary>
internal sealed class EchoLeg(IOpusCodec codec) : PacedLeg(codec)
{
    protected override bool Exchange(ReadOnlySpan<short> input, AudioFrameKind kind, Span<short> output)
    {
        if (kind == AudioFrameKind.Silence)
            return false;
        input.CopyTo(output);
        return true;
    }
}
