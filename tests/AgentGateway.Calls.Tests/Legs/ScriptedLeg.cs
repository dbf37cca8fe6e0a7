using AgentGateway.Audio;
using AgentGateway.Calls.Legs;

namespace AgentGateway.Calls.Tests.Legs;

/// <summary>A paced leg that speaks in the frames a test names, and is silent in the others.</summary>
internal sealed class ScriptedLeg(IOpusCodec codec, Func<long, bool> speaks) : PacedLeg(codec)
{
    private readonly short[] _voice = Support.Voice.Create(1);

    /// <summary>Frames exchanged so far.</summary>
    internal long Frames { get; private set; }

    protected override bool Exchange(ReadOnlySpan<short> input, AudioFrameKind kind, Span<short> output)
    {
        long frame = Frames++;
        _voice.AsSpan((int)(frame % 50) * 960, 960).CopyTo(output);
        return speaks(frame);
    }
}
