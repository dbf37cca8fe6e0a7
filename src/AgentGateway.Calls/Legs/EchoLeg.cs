using AgentGateway.Audio;
using AgentGateway.Audio.Front;

namespace AgentGateway.Calls.Legs;

/// <summary>
/// Decodes, jitter-buffers, encodes and returns the caller's audio: shows that everything but the AI works. Here a person listens, so noise may be
/// lowered.
/// </summary>
internal sealed class EchoLeg(IOpusCodec codec, bool denoise = false) : PacedLeg(codec)
{
    private readonly Denoiser? _denoiser = denoise ? new Denoiser() : null;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _denoiser?.Dispose();
        base.Dispose();
    }

    protected override bool Exchange(ReadOnlySpan<short> input, AudioFrameKind kind, Span<short> output)
    {
        if (kind == AudioFrameKind.Silence)
            return false;
        input.CopyTo(output);
        _denoiser?.Process(output);
        return true;
    }
}
