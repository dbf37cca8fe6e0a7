using System.Text;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Rtc.Tests.Ice;

/// <summary>A far end whose every message the test writes itself, to be as odd or hostile as wanted.</summary>
internal sealed class IceTestPeer(IceAgent agent)
{
    public const string Ufrag = "peer";
    public const string Password = "peerpasswordpeerpassword";

    private static readonly byte[] Key = Encoding.ASCII.GetBytes(Password);
    private readonly byte[] _buffer = new byte[IceAgent.MaxMessageSize];
    private ulong _next = 1;

    public static readonly TransportAddress Server = IceNetwork.Address("192.0.2.10", 8081);

    public static readonly TransportAddress Home = IceNetwork.Address("198.51.100.7", 5000);

    public static IceAgent CreateAgent(bool lite, IceRole role = IceRole.Controlled) => new(
        new IceOptions { Lite = lite, LocalCandidates = [IceCandidate.CreateHost(Server)] }, role, new Testing.SeededRandom(7));

    public byte[] Request(
        bool useCandidate = false, string? userName = null, string? password = null, uint? priority = 0x6e0000ff, bool controlled = false,
        bool fingerprint = true, ulong tieBreaker = 1, int unknownAttribute = 0)
    {
        Span<byte> buffer = stackalloc byte[400];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, new StunTransactionId(0xABCD, _next++));
        writer.AddAttribute(StunAttributeType.UserName, Encoding.ASCII.GetBytes(userName ?? $"{agent.LocalUfrag}:{Ufrag}"));
        if (priority is { } value)
            writer.AddPriority(value);
        if (controlled)
            writer.AddIceControlled(tieBreaker);
        else
            writer.AddIceControlling(tieBreaker);
        if (useCandidate)
            writer.AddUseCandidate();
        if (unknownAttribute != 0)
            writer.AddAttribute((StunAttributeType)unknownAttribute, [1, 2, 3]);
        if (password != string.Empty)
            writer.AddIntegrity(Encoding.ASCII.GetBytes(password ?? agent.LocalPassword));
        if (fingerprint)
            writer.AddFingerprint();
        Assert.False(writer.Overflowed);
        return buffer[..writer.Length].ToArray();
    }

    /// <summary>Answers a check of the agent.</summary>
    public static byte[] Success(ReadOnlySpan<byte> request, TransportAddress mapped, string password = Password)
    {
        Assert.True(StunMessage.TryParse(request, out StunMessage message));
        Span<byte> buffer = stackalloc byte[400];
        var writer = new StunWriter(buffer, StunClass.SuccessResponse, StunMethod.Binding, message.TransactionId);
        writer.AddXorMappedAddress(mapped);
        writer.AddIntegrity(Encoding.ASCII.GetBytes(password));
        writer.AddFingerprint();
        return buffer[..writer.Length].ToArray();
    }

    public void Send(Instant now, byte[] datagram, TransportAddress? from = null, TransportAddress? to = null) =>
        agent.Handle(now, new DatagramPath(to ?? Server, from ?? Home), datagram);

    /// <summary>All messages the agent wants to send now.</summary>
    public List<(byte[] Data, DatagramPath Path)> Receive()
    {
        var list = new List<(byte[], DatagramPath)>();
        while (agent.TryPollTransmit(_buffer, out int length, out DatagramPath path))
            list.Add((_buffer[..length], path));
        return list;
    }

    public List<IceEvent> Events()
    {
        var list = new List<IceEvent>();
        while (agent.TryPollEvent(out IceEvent e))
            list.Add(e);
        return list;
    }

    public static StunClass ClassOf(byte[] data)
    {
        Assert.True(StunMessage.TryParse(data, out StunMessage message));
        return message.Class;
    }

    public static bool Verifies(byte[] data, string password)
    {
        Assert.True(StunMessage.TryParse(data, out StunMessage message));
        return message.VerifyIntegrity(Encoding.ASCII.GetBytes(password));
    }

    public static byte[] KeyBytes => Key;
}
