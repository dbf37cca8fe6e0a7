using System.Security.Cryptography;
using System.Text;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Testing.Network;

/// <summary>A datagram that a <see cref="TurnServerModel"/> sends: to a client, or from a relayed address to a far end.</summary>
public sealed record TurnServerOutput(TransportAddress From, TransportAddress To, byte[] Bytes);

/// <summary>
/// A small TURN server (RFC 8656) on a virtual clock, written from the server's side of the RFC: long-term credentials with nonces
/// that grow stale, allocations, permissions and channels that expire. What a test wants to go wrong is a property.
/// </summary>
public sealed class TurnServerModel(TransportAddress address, string realm = "model")
{
    private readonly Dictionary<TransportAddress, Allocation> _allocations = [];
    private readonly Queue<TurnServerOutput> _outputs = new();
    private int _nonceNumber;
    private Instant _nonceAt;
    private ushort _nextPort = 50000;

    public string UserName { get; set; } = "user";

    public string Password { get; set; } = "secret";

    public bool WantsCredentials { get; set; } = true;

    /// <summary>A nonce older than this is stale.</summary>
    public TimeSpan NonceLifetime { get; set; } = TimeSpan.MaxValue;

    public TimeSpan MaxLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Answers the next authentic requests of these methods with this code.</summary>
    public Dictionary<StunMethod, int> Errors { get; } = [];

    public TransportAddress? Alternate { get; set; }

    /// <summary>Leaves MESSAGE-INTEGRITY out of its answers.</summary>
    public bool SignsAnswers { get; set; } = true;

    public HashSet<TransportAddress> ForbiddenPeers { get; } = [];

    /// <summary>Requests, in order: method, whether signed, and when.</summary>
    public List<(StunMethod Method, bool Signed, Instant At)> Requests { get; } = [];

    public int AllocationCount => _allocations.Count;

    /// <summary>Datagrams of far ends that had no permission.</summary>
    public int Refused { get; private set; }

    /// <summary>Datagrams of the client for far ends without a permission.</summary>
    public int Unpermitted { get; private set; }

    public bool TryTake(out TurnServerOutput output)
    {
        bool any = _outputs.TryDequeue(out TurnServerOutput? next);
        output = next!;
        return any;
    }

    public void Forget() => _allocations.Clear();

    /// <summary>Makes an allocation as if the client had done so in an earlier life.</summary>
    public void Remember(Instant now, TransportAddress client) => Allocate(now, client, MaxLifetime);

    /// <summary>A packet of a client.</summary>
    public void HandleClient(Instant now, TransportAddress client, byte[] packet)
    {
        if (ChannelData.TryParse(packet, out ushort number, out int length))
        {
            if (Find(now, client) is { } a && a.Channels.TryGetValue(number, out (TransportAddress Peer, Instant Until) bound) && bound.Until > now)
                Relay(now, a, bound.Peer, packet[4..(4 + length)]);
            else
                Unpermitted++;
            return;
        }

        if (!StunMessage.TryParse(packet, out StunMessage message))
            throw new InvalidOperationException("The client sent something malformed: " + Convert.ToHexString(packet));
        if (message.Class == StunClass.Indication)
        {
            if (message.Method == StunMethod.Send && Find(now, client) is { } allocation
                && message.TryGetAddress(StunAttributeType.XorPeerAddress, out TransportAddress peer)
                && message.TryGetAttribute(StunAttributeType.Data, out ReadOnlySpan<byte> data))
                Relay(now, allocation, peer, data.ToArray());
            return;
        }

        Requests.Add((message.Method, message.HasIntegrity, now));
        HandleRequest(now, client, message);
    }

    /// <summary>A datagram of a far end to a relayed address.</summary>
    public void HandlePeer(Instant now, TransportAddress sender, TransportAddress relayed, byte[] bytes)
    {
        foreach ((TransportAddress client, Allocation allocation) in _allocations)
        {
            if (allocation.Relayed != relayed || allocation.Until <= now)
                continue;
            if (!allocation.Permissions.TryGetValue(sender with { Port = 0 }, out Instant until) || until <= now)
            {
                Refused++;
                return;
            }

            ushort channel = allocation.Channels.FirstOrDefault(c => c.Value.Peer == sender && c.Value.Until > now).Key;
            byte[] buffer = new byte[2048];
            int size;
            if (channel != 0)
            {
                bytes.CopyTo(buffer, 4);
                size = ChannelData.Write(buffer, channel, bytes.Length, pad: false);
            }
            else
            {
                var writer = new StunWriter(buffer, StunClass.Indication, StunMethod.Data, new StunTransactionId(7, ++_indications));
                writer.AddXorAddress(StunAttributeType.XorPeerAddress, sender);
                writer.AddAttribute(StunAttributeType.Data, bytes);
                size = writer.Length;
            }

            _outputs.Enqueue(new TurnServerOutput(address, client, buffer[..size]));
            return;
        }

        Refused++;
    }

    private ulong _indications;

    private void HandleRequest(Instant now, TransportAddress client, in StunMessage message)
    {
        byte[]? key = null;
        if (WantsCredentials)
        {
            if (_nonceNumber == 0 || (NonceLifetime != TimeSpan.MaxValue && now - _nonceAt >= NonceLifetime))
            {
                _nonceNumber++;
                _nonceAt = now;
            }

            key = KeyOf(message);
            message.TryGetAttribute(StunAttributeType.Nonce, out ReadOnlySpan<byte> nonce);
            if (key is null || !message.VerifyIntegrity(key))
            {
                Answer(client, message, 401, null);
                return;
            }

            if (!nonce.SequenceEqual(Nonce))
            {
                Answer(client, message, 438, null);
                return;
            }
        }

        if (Errors.TryGetValue(message.Method, out int code))
        {
            Answer(client, message, code, key);
            return;
        }

        Allocation? allocation = Find(now, client);
        switch (message.Method)
        {
            case StunMethod.Allocate:
                if (allocation is not null)
                {
                    Answer(client, message, 437, key);
                    return;
                }

                if (!message.TryGetUInt32(StunAttributeType.RequestedTransport, out uint transport) || transport >> 24 != 17)
                {
                    Answer(client, message, 442, key);
                    return;
                }

                allocation = Allocate(now, client, LifetimeOf(message));
                break;
            case StunMethod.Refresh:
                if (allocation is null)
                {
                    Answer(client, message, 437, key);
                    return;
                }

                TimeSpan lifetime = LifetimeOf(message);
                allocation.Until = now + lifetime;
                if (lifetime == TimeSpan.Zero)
                    _allocations.Remove(client);
                break;
            default:
                code = Grant(now, allocation, message);
                if (code != 0)
                {
                    Answer(client, message, code, key);
                    return;
                }

                break;
        }

        Answer(client, message, 0, key, allocation);
    }

    private int Grant(Instant now, Allocation? allocation, in StunMessage message)
    {
        if (allocation is null)
            return 437;
        if (!message.TryGetAddress(StunAttributeType.XorPeerAddress, out TransportAddress peer))
            return 400;
        TransportAddress host = peer with { Port = 0 };
        if (ForbiddenPeers.Contains(host))
            return 403;
        if (message.Method == StunMethod.ChannelBind)
        {
            if (!message.TryGetUInt32(StunAttributeType.ChannelNumber, out uint number) || number >> 16 is < 0x4000 or > 0x4FFF)
                return 400;
            ushort channel = (ushort)(number >> 16);
            bool conflict = allocation.Channels.Any(c => (c.Key == channel) != (c.Value.Peer == peer) && c.Value.Until + TimeSpan.FromMinutes(5) > now);
            if (conflict)
                return 400;
            allocation.Channels[channel] = (peer, now + TimeSpan.FromMinutes(10));
        }

        allocation.Permissions[host] = now + TimeSpan.FromMinutes(5);
        return 0;
    }

    private void Answer(TransportAddress client, in StunMessage request, int code, byte[]? key, Allocation? allocation = null)
    {
        byte[] buffer = new byte[1024];
        var writer = new StunWriter(buffer, code == 0 ? StunClass.SuccessResponse : StunClass.ErrorResponse, request.Method, request.TransactionId);
        if (code != 0)
            writer.AddErrorCode(code, "model"u8);
        if (code is 401 or 438)
        {
            writer.AddAttribute(StunAttributeType.Realm, Encoding.UTF8.GetBytes(realm));
            writer.AddAttribute(StunAttributeType.Nonce, Nonce);
        }

        if (code == 300 && Alternate is { } alternate)
            writer.AddAttribute(StunAttributeType.AlternateServer, [0, 1, (byte)(alternate.Port >> 8), (byte)alternate.Port, .. alternate.Address.GetAddressBytes()]);
        if (code == 0 && request.Method == StunMethod.Allocate)
        {
            writer.AddXorAddress(StunAttributeType.XorRelayedAddress, allocation!.Relayed);
            writer.AddXorMappedAddress(client);
        }

        if (code == 0 && request.Method is StunMethod.Allocate or StunMethod.Refresh)
            writer.AddNumber(StunAttributeType.Lifetime, (uint)LifetimeOf(request).TotalSeconds);
        if (key is not null && SignsAnswers)
            writer.AddIntegrity(key);
        writer.AddFingerprint();
        _outputs.Enqueue(new TurnServerOutput(address, client, buffer[..writer.Length]));
    }

    private byte[] Nonce => Encoding.ASCII.GetBytes($"nonce-{_nonceNumber}");

    private byte[]? KeyOf(in StunMessage message)
    {
        if (!message.HasIntegrity || Encoding.UTF8.GetString(message.UserName) != UserName)
            return null;
#pragma warning disable CA5351 // The long-term credential mechanism of RFC 8489 section 9.2 uses MD5.
        return MD5.HashData(Encoding.UTF8.GetBytes($"{UserName}:{realm}:{Password}"));
#pragma warning restore CA5351
    }

    private TimeSpan LifetimeOf(in StunMessage message)
    {
        var wanted = TimeSpan.FromSeconds(message.TryGetUInt32(StunAttributeType.Lifetime, out uint seconds) ? seconds : 600);
        return wanted < MaxLifetime ? wanted : MaxLifetime;
    }

    private Allocation Allocate(Instant now, TransportAddress client, TimeSpan lifetime)
    {
        var allocation = new Allocation { Relayed = address with { Port = _nextPort++ }, Until = now + lifetime };
        _allocations[client] = allocation;
        return allocation;
    }

    private Allocation? Find(Instant now, TransportAddress client) =>
        _allocations.TryGetValue(client, out Allocation? allocation) && allocation.Until > now ? allocation : null;

    private void Relay(Instant now, Allocation allocation, TransportAddress peer, byte[] bytes)
    {
        if (allocation.Permissions.TryGetValue(peer with { Port = 0 }, out Instant until) && until > now)
            _outputs.Enqueue(new TurnServerOutput(allocation.Relayed, peer, bytes));
        else
            Unpermitted++;
    }

    private sealed class Allocation
    {
        public required TransportAddress Relayed { get; init; }

        public Instant Until { get; set; }

        public Dictionary<TransportAddress, Instant> Permissions { get; } = [];

        public Dictionary<ushort, (TransportAddress Peer, Instant Until)> Channels { get; } = [];
    }
}
