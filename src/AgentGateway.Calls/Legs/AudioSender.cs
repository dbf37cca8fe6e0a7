using AgentGateway.Audio;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;

namespace AgentGateway.Calls.Legs;

/// <summary>
/// Encodes and sends one 20 ms frame per tick. Silence is not encoded: after a short tail, which lets the far decoder
/// settle, one constant Opus frame is sent, at every tick or, when the far end asked for DTX, every 400 ms.
/// </summary>
internal sealed class AudioSender : IDisposable
{
    private const int FrameSamples = 960;
    private const int TailFrames = 5;
    private const int DtxKeepAliveFrames = 20;

    // A 20 ms mono CELT frame of digital silence (RFC 6716: configuration 31, code 0).
    private static readonly byte[] SilenceFrame = [0xF8, 0xFF, 0xFE];

    private readonly IOpusEncoder _encoder;
    private readonly short[] _zeros = new short[FrameSamples];
    private readonly byte[] _packet = new byte[1275];
    private int _silentFrames = TailFrames;
    private bool _talking;

    internal AudioSender(IOpusEncoder encoder) => _encoder = encoder;

    /// <summary>Sends a frame of sound.</summary>
    /// <param name="now">Now.</param>
    /// <param name="peer">Where to.</param>
    /// <param name="frame">960 samples at 48 kHz.</param>
    /// <param name="timestamp">RTP timestamp of the frame's first sample.</param>
    internal void SendFrame(Instant now, RtcPeer peer, ReadOnlySpan<short> frame, long timestamp)
    {
        // The marker tells the far jitter buffer that a talkspurt begins (RFC 3551 section 4.1).
        bool marker = !_talking;
        _talking = true;
        _silentFrames = 0;
        Encode(now, peer, frame, timestamp, marker);
    }

    /// <summary>Sends what silence needs at this tick, which may be nothing.</summary>
    internal void SendSilence(Instant now, RtcPeer peer, long timestamp)
    {
        _talking = false;
        int index = _silentFrames++;
        if (index < TailFrames)
            Encode(now, peer, _zeros, timestamp, marker: false);
        else if (peer.Audio is not { Dtx: true } || index % DtxKeepAliveFrames == 0)
            peer.SendAudio(now, SilenceFrame, timestamp, marker: false);
    }

    /// <inheritdoc/>
    public void Dispose() => _encoder.Dispose();

    private void Encode(Instant now, RtcPeer peer, ReadOnlySpan<short> frame, long timestamp, bool marker)
    {
        int length = _encoder.Encode(frame, _packet);
        if (length > 0)
            peer.SendAudio(now, _packet.AsSpan(0, length), timestamp, marker);
    }
}
