using AgentGateway.Audio;
using AgentGateway.Net;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;

namespace AgentGateway.Interop.Support;

/// <summary>
/// Our side of a call with several audio sections, as a room's adapter would be: speaks a tone of its own in each section that it may speak in,
/// and decodes every section that is heard. Runs on the shard's thread.
/// </summary>
internal sealed class SectionsCall : IRtcConnectionHandler, IDisposable
{
    private const int FrameSamples = AudioFormat.FrameSamples;
    private const double Amplitude = 9000;
    private static readonly TimeSpan FramePeriod = TimeSpan.FromMilliseconds(20);

    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<RtcAudioSection, Voice> _voices = [];
    private readonly Dictionary<RtcAudioSection, Ear> _ears = [];
    private readonly short[] _frame = new short[AudioFormat.MaxPacketSamples];
    private readonly byte[] _packet = new byte[1275];
    private FrameClock? _clock;

    internal Task Connected => _connected.Task;

    internal RtcConnection? Connection { get; set; }

    /// <summary>The tone of the first section that speaks; each further one is 400 Hz higher.</summary>
    internal double FirstFrequency { get; init; } = 500;

    Instant? IRtcConnectionHandler.NextTimeout => _clock?.Next;

    internal Task<T> InvokeAsync<T>(Func<Instant, RtcPeer, T> function) => Connection!.InvokeAsync(function);

    /// <summary>What is spoken: frequency by mid.</summary>
    internal Task<Dictionary<string, double>> SpokenAsync() => InvokeAsync((_, _) =>
        _voices.Where(v => v.Key.MaySend).ToDictionary(v => v.Key.Audio!.Mid, v => v.Value.Frequency));

    /// <summary>Forgets what was heard.</summary>
    internal Task ForgetAsync() => InvokeAsync((_, _) =>
    {
        foreach (Ear ear in _ears.Values)
            ear.Pcm.Clear();
        return true;
    });

    /// <summary>What was heard since <see cref="ForgetAsync"/>, by mid; 48 kHz.</summary>
    internal Task<Dictionary<string, short[]>> HeardAsync() => InvokeAsync((_, _) =>
        _ears.Where(e => e.Value.Pcm.Count > 0).ToDictionary(e => e.Key.Audio!.Mid, e => e.Value.Pcm.ToArray()));

    public void Dispose()
    {
        foreach (Voice voice in _voices.Values)
            voice.Encoder.Dispose();
        foreach (Ear ear in _ears.Values)
            ear.Decoder.Dispose();
    }

    void IRtcConnectionHandler.HandleEvent(Instant now, RtcConnection connection, in RtcPeerEvent e)
    {
        if (e.Kind == RtcPeerEventKind.ConnectionStateChanged && e.State == RtcPeerState.Connected)
        {
            _clock ??= new FrameClock(now, FramePeriod);
            _connected.TrySetResult();
        }
        else if (e.Kind == RtcPeerEventKind.AudioReceived)
        {
            if (!_ears.TryGetValue(e.Section!, out Ear? ear))
                _ears[e.Section!] = ear = new Ear(LibOpusCodec.Instance.CreateDecoder(), []);
            if (ear.Decoder.Decode(e.Payload.Span, _frame, out int samples) == OpusStatus.Ok)
                ear.Pcm.AddRange(_frame.AsSpan(0, samples));
        }
    }

    void IRtcConnectionHandler.HandleTimeout(Instant now, RtcConnection connection)
    {
        for (int due = _clock!.Advance(now); due > 0; due--)
        {
            long timestamp = (_clock.NextIndex - due) * FrameSamples;
            foreach (RtcAudioSection section in connection.Peer.AudioSections)
            {
                if (section.MaySend)
                    Speak(now, connection.Peer, section, timestamp);
            }
        }
    }

    void IRtcConnectionHandler.HandleClosed(Instant now, RtcConnection connection, RtcCloseReason reason) =>
        _connected.TrySetException(new InvalidOperationException($"The call ended: {reason}. {connection.Peer.FailureDetail}"));

    private void Speak(Instant now, RtcPeer peer, RtcAudioSection section, long timestamp)
    {
        if (!_voices.TryGetValue(section, out Voice? voice))
            _voices[section] = voice = new Voice(LibOpusCodec.Instance.CreateEncoder(new OpusEncoderOptions()), FirstFrequency + (400 * _voices.Count));
        for (int i = 0; i < FrameSamples; i++)
            _frame[i] = (short)(Amplitude * Math.Sin(2 * Math.PI * voice.Frequency * (timestamp + i) / AudioFormat.SampleRate));
        int length = voice.Encoder.Encode(_frame.AsSpan(0, FrameSamples), _packet);
        peer.SendAudio(now, section, _packet.AsSpan(0, length), timestamp, marker: false);
    }

    private sealed record Voice(IOpusEncoder Encoder, double Frequency);

    private sealed record Ear(IOpusDecoder Decoder, List<short> Pcm);
}
