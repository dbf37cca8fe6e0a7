using AgentGateway.Audio;
using AgentGateway.Rtc.Peer;

namespace AgentGateway.Calls.Tests.Support;

/// <summary>Decodes what a caller gets and counts the sound in it. Fed on one thread, read on any.</summary>
internal sealed class Ear
{
    private const float Loud = 0.05f;

    private readonly IOpusDecoder _decoder = LibOpusCodec.Instance.CreateDecoder();
    private readonly short[] _pcm = new short[AudioFormat.MaxPacketSamples];
    private readonly TaskCompletionSource _sound = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _loudFrames;

    /// <summary>Completes with the first sound.</summary>
    internal Task Sound => _sound.Task.WaitAsync(Testing.Calls.WebRtcCaller.Limit);

    internal TimeSpan Heard => TimeSpan.FromMilliseconds(20 * Volatile.Read(ref _loudFrames));

    internal void Hear(in RtcPeerEvent packet)
    {
        if (_decoder.Decode(packet.Payload.Span, _pcm, out int samples) != OpusStatus.Ok || AudioLevel.Rms(_pcm.AsSpan(0, samples)) < Loud)
            return;
        Interlocked.Increment(ref _loudFrames);
        _sound.TrySetResult();
    }
}
