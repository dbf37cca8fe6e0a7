using System.Buffers.Binary;
using System.Text;
using AgentGateway.Audio;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Dtls;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Turn;
using AgentGateway.Rtc.Wire.Stun;
using AgentGateway.Testing;

namespace AgentGateway.Properties.Fuzz;

/// <summary>Engines told a series of datagrams by a stranger, each input with an engine of its own.</summary>
internal static class EngineTargets
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Lazy<DtlsCertificate> Certificate = new(() => DtlsCertificate.Create("fuzz", Epoch, Epoch.AddYears(10)));
    private static readonly TransportAddress Local = TransportAddress.FromIPv4(0x0A000001, 8081);
    private static readonly LibOpusCodec Codec = LibOpusCodec.Instance;

    public static IEnumerable<FuzzTarget> All =>
    [
        new("ice", static input => Ice(input, lite: false), 600_000) { MaxLength = 4000, Rounds = 4_000, Dictionary = IceWords },
        new("ice-lite", static input => Ice(input, lite: true), 600_000) { MaxLength = 4000, Rounds = 4_000, Dictionary = IceWords },
        new("dtls", Dtls, 600_000) { AllocatedPerInputByte = 8, MaxLength = 6000, Rounds = 600, Dictionary = [[22, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 0], [1, 0, 0], [0x00, 0x0E], [0xC0, 0x2B]] },
        new("turn", Turn, 600_000) { MaxLength = 4000, Rounds = 4_000, Dictionary = TurnWords },
        new("audio", Audio, 600_000) { MaxLength = 6000, Rounds = 1_500, Dictionary = [[0xF8, 0xFF, 0xFE], [0x78], [0xFC], [0x03, 0x81]] },
    ];

    private static byte[][] IceWords =>
        [[0, 0x24, 0, 4], [0, 0x25, 0, 0], [0x80, 0x29, 0, 8], [0x80, 0x2A, 0, 8], [0, 0x20, 0, 8, 0, 1], [0, 9, 0, 4, 0, 0, 4, 87], [1, 0, 1], [1, 1, 1], [1, 1, 17]];

    private static byte[][] TurnWords =>
    [
        [0, 9, 0, 4, 0, 0, 4, 1], [0, 9, 0, 4, 0, 0, 4, 38], [0, 9, 0, 4, 0, 0, 3, 0], [0, 0x15, 0, 4, (byte)'n', (byte)'n', (byte)'n', (byte)'2'],
        [0, 0x0D, 0, 4, 0, 0, 2, 0x58], [0, 0x16, 0, 8, 0, 1, 1, 1, 1, 1, 1, 1], [0x40, 0, 0, 4], [1, 3], [1, 0x13], [1, 9], [1, 8], [1, 4], [0, 0x17],
        [0x80, 0x23, 0, 8, 0, 1, 0x0D, 0x96, 10, 0, 0, 9],
    ];

    /// <summary>
    /// What a TURN server says, as in <see cref="Ice"/>: bit 0 signs with the right long-term key, bit 1 sends the rest of the datagram as it
    /// is (ChannelData, garbage), bit 2 answers our last request, bits 3 to 5 wait, bit 6 sends something to a peer before.
    /// </summary>
    private static int Turn(ReadOnlySpan<byte> input)
    {
        var behaviour = default(Behaviour);
        var clock = new VirtualClock(Instant.FromMilliseconds(1000));
        var client = new TurnClient(new TurnClientOptions { UserName = "user", Password = "secret" }, new SeededRandom(7));
        client.Start(clock.Now);
        byte[] key = TurnCredentials.Create(new TurnClientOptions { UserName = "user", Password = "secret" }, "example.org"u8, "n"u8)!.Key;
        Span<byte> transaction = stackalloc byte[12];
        Span<byte> buffer = stackalloc byte[TurnClient.MaxMessageSize];
        TransportAddress peer = TransportAddress.FromIPv4(0x0A000009, 5000);
        int sent = Drain(client, buffer, transaction, ref behaviour);
        int datagrams = 0;
        foreach (ReadOnlySpan<byte> datagram in new Datagrams(input))
        {
            if (datagram.Length < 3 || ++datagrams > 200)
                continue;
            byte options = datagram[0];
            if ((options & 64) != 0)
                behaviour.Add(client.TryWrap(clock.Now, buffer, 100, peer, out _));
            byte[] message = (options & 2) != 0 ? datagram[1..].ToArray() : Build(datagram[1..], transaction, (options & 1) != 0 ? key : null, [], (options & 4) != 0);
            TurnInput kind = client.Handle(clock.Now, message, out TurnData data);
            behaviour.Add((int)kind);
            if (kind == TurnInput.Data)
                Assert.True(data.Offset >= 0 && data.Offset + data.Length <= message.Length);
            int before = sent;
            sent += Drain(client, buffer, transaction, ref behaviour);
            Assert.InRange(sent - before, 0, 4);
            clock.Advance(TimeSpan.FromMilliseconds(1 << (2 * (options >> 3 & 7))));
            client.HandleTimeout(clock.Now);
            sent += Drain(client, buffer, transaction, ref behaviour);
        }

        behaviour.Add((int)client.State);
        behaviour.AddSize(client.PeerCount);
        foreach (TurnDropReason reason in Enum.GetValues<TurnDropReason>())
            behaviour.AddSize(client.Statistics.Drops(reason));
        return behaviour.Value;
    }

    private static int Drain(TurnClient client, Span<byte> buffer, Span<byte> transaction, ref Behaviour behaviour)
    {
        int sent = 0;
        while (client.TryPollTransmit(buffer, out int length))
        {
            sent++;
            Assert.True(StunMessage.TryParse(buffer[..length], out StunMessage message));
            behaviour.Add((int)message.Method);
            if (message.Class == StunClass.Request)
                buffer.Slice(8, 12).CopyTo(transaction);
        }

        while (client.TryPollEvent(out TurnEvent e))
            behaviour.Add((int)e.Kind);
        return sent;
    }

    /// <summary>
    /// Each datagram: a byte with options (bit 0: sign it with our password, name us in USERNAME and add FINGERPRINT; bit 1: with the far
    /// side's password instead, as a response; bit 2: of our last request's transaction; bits 3 to 5: the wait after it, in 5 ms; bits 6
    /// and 7: from which address), two bytes of the message type, then attributes.
    /// </summary>
    private static int Ice(ReadOnlySpan<byte> input, bool lite)
    {
        var behaviour = default(Behaviour);
        var clock = new VirtualClock(Instant.FromMilliseconds(1000));
        var agent = new IceAgent(
            new IceOptions { Lite = lite, LocalCandidates = [IceCandidate.CreateHost(Local)] }, lite ? IceRole.Controlled : IceRole.Controlling, new SeededRandom(7));
        agent.SetRemoteCredentials(clock.Now, "peer", "peerpasswordpeerpassword", remoteIsLite: false);
        agent.AddRemoteCandidate(clock.Now, IceCandidate.CreateHost(TransportAddress.FromIPv4(0x0A000002, 40000)));
        byte[] local = Encoding.ASCII.GetBytes(agent.LocalPassword);
        byte[] remote = "peerpasswordpeerpassword"u8.ToArray();
        byte[] userName = UserName(agent.LocalUfrag + ":peer");
        Span<byte> transaction = stackalloc byte[12];
        Span<byte> buffer = stackalloc byte[IceAgent.MaxMessageSize];
        int datagrams = 0;
        int sent = 0;
        foreach (ReadOnlySpan<byte> datagram in new Datagrams(input))
        {
            if (datagram.Length < 3 || ++datagrams > 200)
                continue;
            byte options = datagram[0];
            byte[] message = (options & 3) switch
            {
                1 => Build(datagram[1..], transaction, local, userName, (options & 4) != 0),
                3 => Build(datagram[1..], transaction, remote, [], (options & 4) != 0),
                _ => Build(datagram[1..], transaction, null, [], (options & 4) != 0),
            };
            var path = new DatagramPath(Local, TransportAddress.FromIPv4(0x0A000002 + (uint)(options >> 6), 40000));
            agent.Handle(clock.Now, path, message);
            int before = sent;
            sent += Drain(agent, buffer, transaction, ref behaviour);

            // One answer, a check back and a nomination: a datagram must not be a lever.
            Assert.InRange(sent - before, 0, 4);
            clock.Advance(TimeSpan.FromMilliseconds(5 * (options >> 3 & 7)));
            agent.HandleTimeout(clock.Now);
            sent += Drain(agent, buffer, transaction, ref behaviour);
        }

        behaviour.Add((int)agent.State);
        behaviour.Add(agent.SelectedPath.HasValue);
        behaviour.Add((int)agent.Role);
        foreach (IceDropReason reason in Enum.GetValues<IceDropReason>())
            behaviour.AddSize(agent.Statistics.Drops(reason));
        Assert.True(agent.NextTimeout is null || agent.NextTimeout > clock.Now - TimeSpan.FromSeconds(1));
        return behaviour.Value;
    }

    private static int Drain(IceAgent agent, Span<byte> buffer, Span<byte> transaction, ref Behaviour behaviour)
    {
        int sent = 0;
        while (agent.TryPollTransmit(buffer, out int length, out _))
        {
            sent++;
            Assert.True(StunMessage.TryParse(buffer[..length], out StunMessage message));
            if (message.Class == StunClass.Request)
                buffer.Slice(8, 12).CopyTo(transaction);
        }

        while (agent.TryPollEvent(out IceEvent e))
            behaviour.Add((int)e.Kind);
        return sent;
    }

    private static byte[] UserName(string name) =>
        [0, 6, 0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), .. new byte[-name.Length & 3]];

    private static byte[] Build(ReadOnlySpan<byte> typeAndAttributes, ReadOnlySpan<byte> transaction, byte[]? key, byte[] userName, bool answersTransaction)
    {
        ReadOnlySpan<byte> given = typeAndAttributes[2..];
        byte[] attributes = [.. userName, .. given[..(Math.Min(given.Length, 1200) & ~3)]];
        int unsigned = StunWire.HeaderSize + attributes.Length;
        byte[] message = new byte[unsigned + (key is null ? 0 : 32)];
        message[0] = (byte)(typeAndAttributes[0] & 0x3F);
        message[1] = typeAndAttributes[1];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)(message.Length - StunWire.HeaderSize));
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), StunWire.MagicCookie);
        if (answersTransaction)
            transaction.CopyTo(message.AsSpan(8));
        attributes.CopyTo(message.AsSpan(StunWire.HeaderSize));
        if (key is null)
            return message;
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(unsigned), 0x0008_0014);
        StunWire.ComputeIntegrity(message, unsigned, key, message.AsSpan(unsigned + 4, StunWire.IntegritySize));
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(unsigned + 24), 0x8028_0004);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(unsigned + 28), StunWire.ComputeFingerprint(message, unsigned + 24));
        return message;
    }

    /// <summary>A server that hears a stranger's handshake. The first datagram's first byte says how long to wait after each.</summary>
    private static int Dtls(ReadOnlySpan<byte> input)
    {
        var behaviour = default(Behaviour);
        var clock = new VirtualClock(Instant.FromMilliseconds(1000));
        using var endpoint = new DtlsEndpoint(Certificate.Value, DtlsRole.Server, [Certificate.Value.Fingerprint], new DtlsOptions());
        endpoint.Start(clock.Now);
        byte[] buffer = new byte[2048];
        int received = 0;
        int sent = 0;
        foreach (ReadOnlySpan<byte> datagram in new Datagrams(input))
        {
            received += datagram.Length;
            endpoint.Handle(clock.Now, datagram);
            while (endpoint.TryPollTransmit(buffer, out int length))
            {
                sent += length;
                behaviour.AddSize(length);
                behaviour.Add(buffer[0]);
            }

            while (endpoint.TryPollEvent(out DtlsEvent e))
                behaviour.Add((int)e.Kind);
            clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        // A flight of ours is about 1.2 KB and is repeated by the clock only; here it stands still for less than a retransmission or two.
        Assert.InRange(sent, 0, 3_000 + (4 * received));
        Assert.NotEqual(DtlsState.Connected, endpoint.State);
        behaviour.Add((int)endpoint.State);
        behaviour.AddSize(endpoint.Statistics.DroppedMalformed);
        return behaviour.Value;
    }

    /// <summary>Packets for a jitter buffer and decoder: sequence step, timestamp step in 2.5 ms, pulls after it, then Opus.</summary>
    private static int Audio(ReadOnlySpan<byte> input)
    {
        var behaviour = default(Behaviour);
        var clock = new VirtualClock(Instant.FromMilliseconds(1000));
        using var receiver = new AudioReceiver(new JitterBufferOptions(), Codec);
        Span<short> pcm = stackalloc short[960];
        long sequence = 1000;
        long timestamp = 1_000_000;
        foreach (ReadOnlySpan<byte> datagram in new Datagrams(input))
        {
            if (datagram.Length < 3)
                continue;
            sequence = Math.Max(0, sequence + (sbyte)datagram[0]);
            timestamp = Math.Max(0, timestamp + ((sbyte)datagram[1] * 120));
            receiver.Insert(clock.Now, sequence, timestamp, datagram[3..]);
            for (int pulls = datagram[2] & 3; pulls > 0; pulls--)
            {
                clock.Advance(TimeSpan.FromMilliseconds(20));
                behaviour.Add((int)receiver.Pull(clock.Now, pcm));
            }
        }

        return behaviour.Value;
    }
}
