using System.Security.Cryptography;
using AgentGateway.Primitives;
using AgentGateway.Testing;

namespace AgentGateway.Audio.Tests.Jitter;

/// <summary>
/// A sender, a network and a receiver on virtual time. The sender encodes a signal in packets of one length; the network delays and loses them
/// as told; the receiver pulls every 20 ms. Everything follows from the seed.
/// </summary>
internal sealed class VirtualCall : IDisposable
{
    public const long FirstSequence = 65_500;
    public const long FirstTimestamp = 1_000_000;

    private readonly List<(Instant At, long Order, long Sequence, long Timestamp, byte[] Payload)> _arrivals = [];
    private readonly List<short> _output = [];
    private readonly List<AudioFrameKind> _kinds = [];

    public VirtualCall(JitterBufferOptions? options = null, ulong seed = 1, IAudioCodec? codec = null)
    {
        Receiver = new AudioReceiver(options ?? new JitterBufferOptions(), codec ?? LibOpusCodec.Instance);
        Random = new SeededRandom(seed);
    }

    public AudioReceiver Receiver { get; }

    public SeededRandom Random { get; }

    public List<(Instant At, double DelayMs, double TargetMs)> Delays { get; } = [];

    public short[] Output => [.. _output];

    public IReadOnlyList<AudioFrameKind> Kinds => _kinds;

    public int Dropped { get; private set; }

    /// <summary>What a decoder gives for all packets in order, without any network.</summary>
    public short[] Reference { get; private set; } = [];

    /// <summary>Sequence numbers that the network lost.</summary>
    public HashSet<long> DroppedSequences { get; } = [];

    public static byte[][] Encode(short[] signal, int packetSamples, OpusEncoderOptions options)
    {
        using IOpusEncoder encoder = LibOpusCodec.Instance.CreateEncoder(options);
        byte[] buffer = new byte[1500];
        return [.. Enumerable.Range(0, signal.Length / packetSamples)
            .Select(i => buffer[..encoder.Encode(signal.AsSpan(i * packetSamples, packetSamples), buffer)])];
    }

    /// <summary>
    /// Schedules a stream. <paramref name="network"/> gives the delay of packet i in milliseconds, or null when it is lost;
    /// <paramref name="clockPpm"/> makes the sender's clock fast.
    /// </summary>
    public void Send(
        byte[][] packets, Func<int, double?> network, int packetSamples = 960, double startMs = 100, double clockPpm = 0, bool skipDtx = false, bool reference = true)
    {
        using IOpusDecoder decoder = LibOpusCodec.Instance.CreateDecoder();
        List<short> decoded = [];
        short[] pcm = new short[AudioFormat.MaxPacketSamples];
        long sequence = FirstSequence;
        bool paused = false;
        for (int i = 0; i < packets.Length; i++)
        {
            if (reference)
            {
                decoder.Decode(packets[i], pcm, out int samples);
                decoded.AddRange(pcm.AsSpan(0, samples));
            }

            bool dtx = packets[i].Length <= IOpusEncoder.MaxDtxBytes;
            if (skipDtx && dtx && paused)
                continue;
            paused = dtx;
            double sent = startMs + ((i + 1) * packetSamples / 48.0 / (1 + (clockPpm * 1e-6)));
            if (network(i) is { } delay)
            {
                _arrivals.Add((Instant.FromMilliseconds(sent + delay), _arrivals.Count, sequence, FirstTimestamp + ((long)i * packetSamples), packets[i]));
            }
            else
            {
                Dropped++;
                DroppedSequences.Add(sequence);
            }

            sequence++;
        }

        Reference = [.. decoded];
    }

    public void SendRaw(double atMs, long sequence, long timestamp, byte[] payload) =>
        _arrivals.Add((Instant.FromMilliseconds(atMs), _arrivals.Count, sequence, timestamp, payload));

    /// <summary>Runs until <paramref name="endMs"/>, pulling every 20 ms from <paramref name="phaseMs"/> on.</summary>
    public void Run(double endMs, double phaseMs = 7, Func<int, double>? pullLateness = null, bool keepOutput = true)
    {
        _arrivals.Sort((a, b) => a.At.Ticks != b.At.Ticks ? a.At.CompareTo(b.At) : a.Order.CompareTo(b.Order));
        int next = 0;
        short[] frame = new short[AudioFormat.FrameSamples];
        for (int i = 0; phaseMs + (i * 20.0) <= endMs; i++)
        {
            Instant now = Instant.FromMilliseconds(phaseMs + (i * 20.0) + (pullLateness?.Invoke(i) ?? 0));
            for (; next < _arrivals.Count && _arrivals[next].At <= now; next++)
                Receiver.Insert(_arrivals[next].At, _arrivals[next].Sequence, _arrivals[next].Timestamp, _arrivals[next].Payload);
            AudioFrameKind kind = Receiver.Pull(now, frame);
            _kinds.Add(kind);
            if (keepOutput)
                _output.AddRange(frame);
            JitterStatistics statistics = Receiver.Statistics;
            if (statistics.Played > 0)
                Delays.Add((now, statistics.CurrentDelay.TotalMilliseconds, statistics.TargetDelay.TotalMilliseconds));
        }
    }

    public string Digest() =>
        Convert.ToHexString(SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes<short>(Output)));

    /// <summary>The output from the first sample that is not zero on.</summary>
    public ReadOnlySpan<short> Heard()
    {
        short[] output = Output;
        int start = Array.FindIndex(output, s => s != 0);
        return start < 0 ? default : output.AsSpan(start);
    }

    public override string ToString() => $"{Random}: {Receiver.Statistics}";

    public void Dispose() => Receiver.Dispose();
}
