using System.Buffers.Binary;
using AgentGateway.Rtc.Srtp;
using AgentGateway.Rtc.Wire.Rtp;
using BenchmarkDotNet.Attributes;

namespace AgentGateway.Benchmarks.Rtc;

/// <summary>One 100-byte Opus packet through SRTP. Unprotecting needs a fresh packet each time, so that row protects one too.</summary>
public class SrtpBenchmarks
{
    private const int Length = 112;

    private readonly byte[] _packet = new byte[Length + SrtpSession.MaxOverhead];
    private SrtpSession _sender = null!;
    private SrtpSession _receiver = null!;
    private ushort _sequence;

    [Params(SrtpProfile.Aes128CmHmacSha1_80, SrtpProfile.AeadAes128Gcm)]
    public SrtpProfile Profile { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        byte[] keys = [.. Enumerable.Range(0, 128).Select(i => (byte)i)];
        ReadOnlySpan<byte> material = keys.AsSpan(0, Profile == SrtpProfile.AeadAes128Gcm ? 56 : 60);
        _sender = SrtpSession.Create(Profile, material, isClient: true);
        _receiver = SrtpSession.Create(Profile, material, isClient: false);
    }

    [Benchmark]
    public int Protect()
    {
        Fill();
        _sender.TryProtectRtp(_packet, Length, out int length);
        return length;
    }

    [Benchmark]
    public SrtpResult ProtectAndUnprotect()
    {
        Fill();
        _sender.TryProtectRtp(_packet, Length, out int length);
        SrtpResult result = _receiver.UnprotectRtp(_packet.AsSpan(0, length), out _);
        return result == SrtpResult.Ok ? result : throw new InvalidOperationException($"{result}");
    }

    [Benchmark]
    public int ParseRtp()
    {
        Fill();
        return RtpPacket.TryParse(_packet.AsSpan(0, Length), out RtpPacket packet) ? packet.Payload.Length : throw new InvalidOperationException();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _sender.Dispose();
        _receiver.Dispose();
    }

    private void Fill()
    {
        _packet[0] = 0x80;
        _packet[1] = 111;
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(2), ++_sequence);
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(4), (uint)(_sequence * 960));
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(8), 0x12345678);
    }
}
