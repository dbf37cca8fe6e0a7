using AgentGateway.Audio;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;

namespace AgentGateway.LoadTest;

/// <summary>
/// A caller who speaks only when the agent is silent, and measures how long each answer takes: from the moment the last
/// frame of speech was sent to the arrival of the first packet with sound.
/// </summary>
internal sealed class ConversationCaller : WhipCaller, IDisposable
{
    // A 20 ms mono CELT frame of digital silence.
    private static readonly byte[] SilencePacket = [0xF8, 0xFF, 0xFE];

    private readonly IOpusDecoder _decoder = LibOpusCodec.Instance.CreateDecoder();
    private readonly short[] _pcm = new short[5760];
    private readonly Lock _lock = new();
    private OpusLoop? _speech;
    private int _position;
    private Instant? _speechEnd;
    private Instant? _lastSound;
    private TaskCompletionSource<TimeSpan>? _answer;

    /// <summary>How long the agent has been silent; null when it has not said anything yet.</summary>
    internal TimeSpan? SilentFor(Instant now)
    {
        lock (_lock)
            return _lastSound is { } last ? now - last : null;
    }

    /// <summary>Says a recording and completes with the response latency.</summary>
    internal Task<TimeSpan> AskAsync(OpusLoop speech)
    {
        lock (_lock)
        {
            _speech = speech;
            _position = 0;
            _speechEnd = null;
            _answer = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
            return _answer.Task;
        }
    }

    public void Dispose() => _decoder.Dispose();

    protected override ReadOnlySpan<byte> NextPacket(Instant now)
    {
        lock (_lock)
        {
            if (_speech is null)
                return SilencePacket;
            byte[] packet = _speech.Packets[_position++];
            if (_position == _speech.SpeechFrames)
            {
                // The frame's sound lasts until 20 ms after it is sent.
                _speechEnd = now + TimeSpan.FromMilliseconds(20);
                _speech = null;
            }

            return packet;
        }
    }

    protected override void HandleAudio(Instant now, in RtcPeerEvent packet)
    {
        if (_decoder.Decode(packet.Payload.Span, _pcm, out int samples) != OpusStatus.Ok
            || AudioLevel.Rms(_pcm.AsSpan(0, samples)) < OpusLoop.LoudFrame)
        {
            return;
        }

        lock (_lock)
        {
            _lastSound = now;
            if (_speechEnd is { } end && _answer is not null)
            {
                _answer.TrySetResult(now - end);
                _answer = null;
            }
        }
    }
}
