using System.Text;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Stun;
using AgentGateway.Testing;
using BenchmarkDotNet.Attributes;

namespace AgentGateway.Benchmarks.Rtc;

/// <summary>
/// A connectivity check (RFC 8445) with username, priority, role, MESSAGE-INTEGRITY and FINGERPRINT: every caller sends one every few seconds as long as
/// its call lasts, and a stranger can send as many as the line carries.
/// </summary>
public class IceBenchmarks
{
    private static readonly byte[] Key = Encoding.ASCII.GetBytes("the password of somebody else");

    private readonly byte[] _check = new byte[IceAgent.MaxMessageSize];
    private readonly byte[] _forged = new byte[IceAgent.MaxMessageSize];
    private readonly byte[] _buffer = new byte[IceAgent.MaxMessageSize];
    private IceAgent _agent = null!;
    private byte[] _userName = null!;
    private byte[] _password = null!;
    private DatagramPath _path;
    private Instant _now = Instant.FromMilliseconds(1000);
    private int _length;

    [GlobalSetup]
    public void Setup()
    {
        TransportAddress server = TransportAddress.From(System.Net.IPAddress.Parse("192.0.2.10"), 8081);
        _path = new DatagramPath(server, TransportAddress.From(System.Net.IPAddress.Parse("198.51.100.7"), 5000));
        _agent = new IceAgent(
            new IceOptions { Lite = true, LocalCandidates = [IceCandidate.CreateHost(server)] }, IceRole.Controlled, new SeededRandom(7));
        _userName = Encoding.ASCII.GetBytes(_agent.LocalUfrag + ":peer");
        _password = Encoding.ASCII.GetBytes(_agent.LocalPassword);
        _length = Write(_check, _password);
        Write(_forged, Key);
        if (Answer(_check) == 0 || Answer(_forged) != 0)
            throw new InvalidOperationException("The check must be answered, and the forged one not.");
    }

    [Benchmark]
    public int WriteCheck() => Write(_buffer, _password);

    [Benchmark]
    public bool ParseCheck() => StunMessage.TryParse(_check.AsSpan(0, _length), out StunMessage message) && message.UseCandidate;

    [Benchmark]
    public int AnswerCheck() => Answer(_check);

    [Benchmark]
    public int DropForgedCheck() => Answer(_forged);

    private int Answer(byte[] check)
    {
        _now += TimeSpan.FromMicroseconds(10);
        _agent.Handle(_now, _path, check.AsSpan(0, _length));
        while (_agent.TryPollEvent(out _))
        {
            // The first check selects the path.
        }

        return _agent.TryPollTransmit(_buffer, out int length, out _) ? length : 0;
    }

    private int Write(Span<byte> buffer, ReadOnlySpan<byte> password)
    {
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, new StunTransactionId(0xABCD, 1));
        writer.AddAttribute(StunAttributeType.UserName, _userName);
        writer.AddPriority(0x6e0000ff);
        writer.AddIceControlling(1);
        writer.AddUseCandidate();
        writer.AddIntegrity(password);
        writer.AddFingerprint();
        return writer.Length;
    }
}
