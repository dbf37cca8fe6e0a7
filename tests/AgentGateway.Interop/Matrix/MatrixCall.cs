using System.Security.Cryptography;
using System.Threading.Channels;
using AgentGateway.Audio;
using AgentGateway.Interop.Support;
using AgentGateway.Net;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Sctp;

namespace AgentGateway.Interop.Matrix;

/// <summary>Our side of a call with another stack: our connection, codec and jitter buffer, a tune to play and what comes meanwhile.</summary>
internal sealed class MatrixCall : IRtcConnectionHandler, IDisposable
{
    private const int FrameSamples = AudioFormat.FrameSamples;
    private static readonly TimeSpan FramePeriod = TimeSpan.FromMilliseconds(20);

    private readonly TaskCompletionSource _connected = New();
    private readonly TaskCompletionSource _channelOpen = New();
    private readonly TaskCompletionSource _channelsClosed = New();
    private readonly Channel<DataMessage> _messages = Channel.CreateUnbounded<DataMessage>();
    private readonly IOpusEncoder _voice = LibOpusCodec.Instance.CreateEncoder(
        new OpusEncoderOptions { Bitrate = 48_000, InbandFec = true, ExpectedLossPercent = 5 });
    private readonly byte[] _packet = new byte[1275];
    private readonly short[] _frame = new short[FrameSamples];
    private ReceivedSound? _recording;
    private short[] _tune = [];
    private int _tuneAt;
    private int _framesToPlay;
    private TaskCompletionSource _played = New();
    private FrameClock? _clock;
    private RtcConnection? _connection;
    private ushort? _channel;

    internal Task Connected => _connected.Task;

    internal Task ChannelOpen => _channelOpen.Task;

    /// <summary>The far end has ended the data channels, all at once.</summary>
    internal Task ChannelsClosed => _channelsClosed.Task;

    internal ChannelReader<DataMessage> Messages => _messages.Reader;

    /// <summary>The ICE user name fragments of both sides so far.</summary>
    internal HashSet<string> Ufrags { get; } = new(StringComparer.Ordinal);

    internal RtcConnection Connection
    {
        get => _connection ?? throw new InvalidOperationException("There is no connection.");
        set => _connection = value;
    }

    Instant? IRtcConnectionHandler.NextTimeout => _clock?.Next;

    /// <summary>The bytes that every stack sends as a message of a size.</summary>
    internal static byte[] Message(int size)
    {
        byte[] message = new byte[size];
        for (int i = 0; i < size; i++)
            message[i] = (byte)((i * 31) + ((i >> 8) * 17) + size);
        return message;
    }

    internal static string Hash(ReadOnlySpan<byte> message) => Convert.ToHexStringLower(SHA256.HashData(message));

    internal Task OpenChannelAsync() => Connection.InvokeAsync((now, peer) => _channel = peer.OpenChannel(now, new DataChannelOptions { Label = "matrix" }));

    internal Task<DataSendResult> SendAsync(int size) =>
        Connection.InvokeAsync((now, peer) => peer.SendMessage(now, _channel!.Value, Message(size), isText: false));

    internal Task AddCandidateAsync(string candidate) => Connection.InvokeAsync((now, peer) =>
    {
        peer.AddRemoteCandidate(now, candidate);
        return true;
    });

    internal Task<DatagramPath?> SelectedPathAsync() => Connection.InvokeAsync((_, peer) => peer.SelectedPath);

    /// <summary>Completes when a restart of ICE is over and the path it found is in use.</summary>
    internal async Task UsesNewPathAsync()
    {
        using var poll = new PeriodicTimer(FramePeriod);
        while (await Connection.InvokeAsync((_, peer) => peer.IsRestartingIce))
            await poll.WaitForNextTickAsync();
    }

    /// <summary>Begins to record; what was recorded before is forgotten.</summary>
    internal Task RecordAsync() => Connection.InvokeAsync((_, _) => _recording = new ReceivedSound());

    /// <summary>Plays a tune once, and then silence until <paramref name="length"/> is over.</summary>
    internal async Task PlayAsync(short[] tune, TimeSpan length)
    {
        Task played = await Connection.InvokeAsync((_, _) =>
        {
            _tune = tune;
            _tuneAt = 0;
            _framesToPlay = (int)(length / FramePeriod);
            _played = New();
            return _played.Task;
        });
        await played.WaitAsync(length + Eventually.Limit);
    }

    /// <summary>What was heard since <see cref="RecordAsync"/>, at most as much as <paramref name="limit"/>; 48 kHz mono.</summary>
    internal Task<short[]> HeardAsync(TimeSpan limit) => Connection.InvokeAsync((_, _) => _recording?.Play(limit) ?? []);

    public void Dispose() => _voice.Dispose();

    void IRtcConnectionHandler.HandleEvent(Instant now, RtcConnection connection, in RtcPeerEvent e)
    {
        switch (e.Kind)
        {
            case RtcPeerEventKind.ConnectionStateChanged when e.State == RtcPeerState.Connected:
                _clock ??= new FrameClock(now, FramePeriod);
                _connected.TrySetResult();
                break;
            case RtcPeerEventKind.AudioReceived:
                _recording?.Add(e);
                break;
            case RtcPeerEventKind.RemoteStreamChanged:
                _recording?.AddStream();
                break;
            case RtcPeerEventKind.ChannelOpened:
                _channel = e.ChannelId;
                _channelOpen.TrySetResult();
                break;
            case RtcPeerEventKind.DataChannelsClosed:
                _channelsClosed.TrySetResult();
                break;
            case RtcPeerEventKind.ChannelMessage:
                _messages.Writer.TryWrite(new DataMessage(e.Payload.Length, Hash(e.Payload.Span)));
                break;
        }
    }

    void IRtcConnectionHandler.HandleTimeout(Instant now, RtcConnection connection)
    {
        for (int due = _clock!.Advance(now); due > 0; due--)
        {
            Array.Clear(_frame);
            int count = Math.Min(FrameSamples, _tune.Length - _tuneAt);
            _tune.AsSpan(_tuneAt, count).CopyTo(_frame);
            _tuneAt += count;
            int length = _voice.Encode(_frame, _packet);
            connection.Peer.SendAudio(now, _packet.AsSpan(0, length), (_clock.NextIndex - due) * FrameSamples, marker: false);
            if (_framesToPlay > 0 && --_framesToPlay == 0)
                _played.TrySetResult();
        }
    }

    void IRtcConnectionHandler.HandleClosed(Instant now, RtcConnection connection, RtcCloseReason reason)
    {
        var ended = new InvalidOperationException($"The call ended: {reason}. {connection.Peer.FailureDetail}");
        _connected.TrySetException(ended);
        _channelOpen.TrySetException(ended);
        _played.TrySetException(ended);
        _messages.Writer.TryComplete(ended);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
