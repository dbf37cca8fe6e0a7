using System.Net;
using System.Net.Sockets;

namespace AgentGateway.Net.Mdns;

/// <summary>
/// The sockets of a resolver while it asks: one on a port of its own, to which responders answer directly (RFC 6762 section 6.7), and one on
/// the group's port, if it can be had, for those that answer everybody. Of the group's family; answers may hold addresses of both. Interfaces
/// come and go while it asks (containers, virtual machines, radios): each question leaves by those of its moment.
/// </summary>
internal sealed class MdnsSockets : IAsyncDisposable
{
    private const int MaxDatagram = 9000;

    private readonly IPEndPoint _group;
    private readonly Func<AddressFamily, IReadOnlyList<MdnsInterface>> _interfaces;
    private readonly HashSet<MdnsInterface> _joined = [];
    private readonly Lock _sending = new();
    private readonly Socket _asking;
    private readonly Socket? _listening;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _loops;

    /// <summary>Opens the sockets.</summary>
    /// <param name="group">A multicast group, or one responder.</param>
    /// <param name="interfaces">Those of a family at the moment.</param>
    /// <param name="handle">Gets each datagram, and whether it was sent to us alone; on any thread, one at a time for each socket.</param>
    /// <exception cref="SocketException">The host has nothing of the group's family, or no ports left.</exception>
    internal MdnsSockets(
        IPEndPoint group, Func<AddressFamily, IReadOnlyList<MdnsInterface>> interfaces, Action<ReadOnlyMemory<byte>, bool> handle)
    {
        _group = group;
        _interfaces = interfaces;
        _asking = new Socket(group.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            _asking.Bind(new IPEndPoint(IsMulticast ? Any : group.Address, 0));
        }
        catch
        {
            _asking.Dispose();
            throw;
        }

        _listening = IsMulticast ? TryListen() : null;
        _loops = _listening is null
            ? [ReceiveAsync(_asking, toUs: true, handle)]
            : [ReceiveAsync(_asking, toUs: true, handle), ReceiveAsync(_listening, toUs: false, handle)];
    }

    private bool IsIPv6 => _group.AddressFamily == AddressFamily.InterNetworkV6;

    private bool IsMulticast => IsIPv6 ? _group.Address.IsIPv6Multicast : _group.Address.GetAddressBytes()[0] is >= 224 and < 240;

    private IPAddress Any => IsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    /// <summary>Sends a question out of every interface, having joined the group there; those that cannot are left out. Thread-safe.</summary>
    internal void Send(ReadOnlySpan<byte> query)
    {
        if (!IsMulticast)
        {
            TrySend(query, _group);
            return;
        }

        IReadOnlyList<MdnsInterface> interfaces = _interfaces(_group.AddressFamily);
        lock (_sending)
        {
            _joined.IntersectWith(interfaces);
            foreach (MdnsInterface at in interfaces)
            {
                // An answer must find us listening.
                if (_joined.Add(at))
                    TryJoin(at);
                TrySend(query, at);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops);
        _asking.Dispose();
        _listening?.Dispose();
        _stop.Dispose();
    }

    private void TrySend(ReadOnlySpan<byte> query, MdnsInterface by)
    {
        if (IsIPv6)
        {
            // The scope says by which interface.
            TrySend(query, new IPEndPoint(new IPAddress(_group.Address.GetAddressBytes(), by.Index), _group.Port));
            return;
        }

        try
        {
            _asking.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, by.Address.GetAddressBytes());
        }
        catch (SocketException)
        {
            // It has just gone.
            return;
        }

        TrySend(query, _group);
    }

    private void TrySend(ReadOnlySpan<byte> query, IPEndPoint to)
    {
        try
        {
            _asking.SendTo(query, SocketFlags.None, to);
        }
        catch (SocketException)
        {
            // An interface without a route for multicast: the question leaves by the others, or times out.
        }
    }

    private Socket? TryListen()
    {
        var socket = new Socket(_group.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            // The port is shared with the system's own responder and with browsers on this host.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(Any, _group.Port));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private void TryJoin(MdnsInterface at)
    {
        try
        {
            if (IsIPv6)
                _listening?.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(_group.Address, at.Index));
            else
                _listening?.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(_group.Address, at.Address));
        }
        catch (SocketException)
        {
            // It has just gone, or it is at its limit of groups: what is sent to us alone still comes.
        }
    }

    private async Task ReceiveAsync(Socket socket, bool toUs, Action<ReadOnlyMemory<byte>, bool> handle)
    {
        byte[] buffer = new byte[MaxDatagram];
        var anybody = new IPEndPoint(Any, 0);
        while (true)
        {
            try
            {
                SocketReceiveFromResult result = await socket.ReceiveFromAsync(buffer, SocketFlags.None, anybody, _stop.Token);

                // Responders send from the group's port, always (RFC 6762 section 6).
                if (((IPEndPoint)result.RemoteEndPoint).Port == _group.Port)
                    handle(buffer.AsMemory(0, result.ReceivedBytes), toUs);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // An ICMP error of an earlier question, or a datagram that is too long for any answer.
            }
        }
    }
}
