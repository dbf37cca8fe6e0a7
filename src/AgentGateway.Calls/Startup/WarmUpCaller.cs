using System.Text;
using AgentGateway.Audio;
using AgentGateway.Conversation.Agents;
using AgentGateway.Net;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Sctp;

namespace AgentGateway.Calls.Startup;

/// <summary>
/// A caller that hums to an echo or listens to an agent, says one message, and is served once it hears something and got an answer. On its
/// shard's thread but for <see cref="Served"/>.
/// </summary>
internal sealed class WarmUpCaller : IRtcConnectionHandler, IDisposable
{
    private const int FrameSamples = 960;
    private const int WantedFrames = 3;

    private static readonly short[] Silence = new short[FrameSamples];
    private static readonly short[] Hum = [.. Enumerable.Range(0, FrameSamples).Select(i => (short)(4096 * Math.Sin(2 * Math.PI * 300 * i / AudioFormat.SampleRate)))];

    private readonly TaskCompletionSource _served = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IOpusEncoder _encoder;
    private readonly IOpusDecoder _decoder;
    private readonly CallWarmUpOptions _options;
    private readonly short[] _frame;
    private readonly byte[] _packet = new byte[1275];
    private readonly short[] _pcm = new short[AudioFormat.MaxPacketSamples];
    private FrameClock? _clock;
    private int _heard;
    private bool _answered;

    internal WarmUpCaller(IOpusCodec codec, CallWarmUpOptions options)
    {
        _encoder = codec.CreateEncoder(new OpusEncoderOptions());
        _decoder = codec.CreateDecoder();
        _options = options;
        _frame = options.Agent.Mode == AgentMode.Conversation ? Silence : Hum;
        _answered = options.Message is null;
    }

    /// <summary>Completes when the call has given all it can; fails when it ends before.</summary>
    internal Task Served => _served.Task;

    Instant? IRtcConnectionHandler.NextTimeout => _clock?.Next;

    void IRtcConnectionHandler.HandleEvent(Instant now, RtcConnection connection, in RtcPeerEvent e)
    {
        switch (e.Kind)
        {
            case RtcPeerEventKind.ConnectionStateChanged when e.State == RtcPeerState.Connected:
                _clock ??= new FrameClock(now, TimeSpan.FromMilliseconds(20));
                if (_options.Message is not null)
                    connection.Peer.OpenChannel(now, new DataChannelOptions { Label = _options.ChannelLabel });
                break;
            case RtcPeerEventKind.ChannelOpened when _options.Message is { } message:
                connection.Peer.SendMessage(now, e.ChannelId, Encoding.UTF8.GetBytes(message), isText: true);
                break;
            case RtcPeerEventKind.ChannelMessage:
                _answered = true;
                break;
            case RtcPeerEventKind.AudioReceived:
                if (_decoder.Decode(e.Payload.Span, _pcm, out int samples) == OpusStatus.Ok && AudioLevel.Rms(_pcm.AsSpan(0, samples)) > 0.01f)
                    _heard++;
                break;
        }

        if (_answered && _heard >= WantedFrames)
            _served.TrySetResult();
    }

    void IRtcConnectionHandler.HandleTimeout(Instant now, RtcConnection connection)
    {
        FrameClock clock = _clock!;
        for (int due = clock.Advance(now); due > 0; due--)
            connection.Peer.SendAudio(now, _packet.AsSpan(0, _encoder.Encode(_frame, _packet)), (clock.NextIndex - due) * FrameSamples, marker: false);
    }

    void IRtcConnectionHandler.HandleClosed(Instant now, RtcConnection connection, RtcCloseReason reason) =>
        _served.TrySetException(new InvalidOperationException($"its call ended before it was served: {reason}"));

    /// <summary>After the connection has closed.</summary>
    public void Dispose()
    {
        _encoder.Dispose();
        _decoder.Dispose();
    }
}
