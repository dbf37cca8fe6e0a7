using AgentGateway.Audio;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;

namespace AgentGateway.Calls.Legs;

/// <summary>
/// Encodes and sends one 20 ms frame per tick. Silence is not encoded: after a short tail, which lets the far decoder
/// settle, one constant Opus frame is sent, at every tick or, when the far end asked for DTX, every 400 ms. Telephone codecs have no such
/// frame, and encode silence for next to nothing.
/// </summary>
internal sealed class AudioSender : IDisposable
{
    private const int FrameSamples = 960;
    private const int TailFrames = 5;
    private const int DtxKeepAliveFrames = 20;
    private const int MinBitrate = 6000;
    private const int MaxPacket = 1275;

    private static readonly short[] Zeros = new short[FrameSamples];

    // A 20 ms mono CELT frame of digital silence (RFC 6716: configuration 31, code 0).
    private static readonly byte[] SilenceFrame = [0xF8, 0xFF, 0xFE];

    private readonly IAudioEncoder _encoder;
    private readonly IOpusEncoder? _opus;
    private readonly int _bitrate;
    private LossEstimate _loss;
    private long _silentFrames = TailFrames;

    internal AudioSender(IAudioEncoder encoder)
    {
        _encoder = encoder;
        _opus = encoder as IOpusEncoder;
        _bitrate = _opus?.Bitrate ?? 0;
    }

    /// <summary>Packets that the peer would not take.</summary>
    internal long Refused { get; private set; }

    /// <summary>Applies what the far end wants.</summary>
    internal void Configure(NegotiatedAudio? audio)
    {
        if (_opus is not null)
            _opus.Bitrate = Math.Max(MinBitrate, Math.Min(_bitrate, audio?.MaxAverageBitrate ?? _bitrate));
    }

    /// <summary>Follows the loss that the far end reports: forward error correction begins with it.</summary>
    internal void HandleReport(NegotiatedAudio? audio, double fractionLost)
    {
        _loss.Add(fractionLost);
        if (_opus is not null)
            _opus.ExpectedLossPercent = audio is { Fec: true } ? _loss.Percent : 0;
    }

    /// <summary>Sends a frame of sound.</summary>
    /// <param name="now">Now.</param>
    /// <param name="peer">Where to.</param>
    /// <param name="frame">960 samples at 48 kHz.</param>
    /// <param name="timestamp">RTP timestamp of the frame's first sample.</param>
    internal void SendFrame(Instant now, RtcPeer peer, ReadOnlySpan<short> frame, long timestamp)
    {
        // The marker tells the far jitter buffer that a talkspurt begins (RFC 3551 section 4.1); a frame that came late is none.
        bool marker = _silentFrames >= TailFrames;

        // After a frame of digital silence the far decoder holds silence. A fresh encoder is as near to that as a settled one, and what it makes of
        // a phrase does not depend on what was said before, so that fixed phrases need be encoded once only. Up to the end of the tail the far
        // decoder holds what this encoder made, and the two go on together.
        if (_silentFrames > TailFrames)
            _opus?.Reset();
        _silentFrames = 0;
        Encode(now, peer, frame, timestamp, marker);
    }

    /// <summary>Sends what silence needs at this tick, which may be nothing.</summary>
    internal void SendSilence(Instant now, RtcPeer peer, long timestamp)
    {
        long index = _silentFrames++;
        if (index < TailFrames || _opus is null)
            Encode(now, peer, Zeros, timestamp, marker: false);
        else if (peer.Audio is not { Dtx: true } || (index - TailFrames) % DtxKeepAliveFrames == 0)
            Send(now, peer, SilenceFrame, timestamp, marker: false);
    }

    /// <inheritdoc/>
    public void Dispose() => _encoder.Dispose();

    private void Encode(Instant now, RtcPeer peer, ReadOnlySpan<short> frame, long timestamp, bool marker)
    {
        Span<byte> packet = stackalloc byte[MaxPacket];
        Send(now, peer, packet[.._encoder.Encode(frame, packet)], timestamp, marker);
    }

    private void Send(Instant now, RtcPeer peer, ReadOnlySpan<byte> packet, long timestamp, bool marker)
    {
        // Not wanted (hold) is not a loss.
        if (peer.SendAudio(now, packet, timestamp, marker) is not (RtcSendResult.Ok or RtcSendResult.NotSending))
            Refused++;
    }
}
