using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace AgentGateway.Net.Mdns;

/// <summary>
/// The sockets of a resolver while it asks: one on a port of its own, to which responders answer directly (RFC 6762 section 6.7), and one on
/// the group's port, if it can be had, for those that answer everybody. Of the group's family; answers may hold addresses of both.
/// </summary>
internal sealed class MdnsSockets : IAsyncDisposable
{
    private const int MaxDatagram = 9000;
    private const int MaxInterfaces = 16;

    private readonly IPEndPoint _group;
    private readonly Socket _asking;
    private readonly Socket? _listening;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _loops;

    /// <summary>Opens the sockets.</summary>
    /// <param name="group">A multicast group, or one responder.</param>
    /// <param name="handle">Gets each datagram, and whether it was sent to us alone; on any thread, one at a time for each socket.</param>
    /// <exception cref="SocketException">The host has nothing of the group's family, or no ports left.</exception>
    internal MdnsSockets(IPEndPoint group, Action<ReadOnlyMemory<byte>, bool> handle)
    {
        _group = group;
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

    /// <summary>Sends a question out of every interface; those that cannot are left out.</summary>
    internal void Send(ReadOnlySpan<byte> query)
    {
        if (!IsMulticast)
        {
            TrySend(query, _group);
            return;
        }

        if (IsIPv6)
        {
            // The scope says by which interface.
            foreach (int index in Interfaces6())
                TrySend(query, new IPEndPoint(new IPAddress(_group.Address.GetAddressBytes(), index), _group.Port));
            return;
        }

        foreach (IPAddress address in Interfaces())
        {
            _asking.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, address.GetAddressBytes());
            TrySend(query, _group);
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

    private static IEnumerable<NetworkInterface> Usable() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(i => i.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown && i.SupportsMulticast);

    private static IEnumerable<int> Interfaces6() => Usable()
        .Where(i => i.Supports(NetworkInterfaceComponent.IPv6))
        .Select(i => i.GetIPProperties().GetIPv6Properties().Index)
        .Take(MaxInterfaces);

    private static IEnumerable<IPAddress> Interfaces() => Usable()
        .SelectMany(i => i.GetIPProperties().UnicastAddresses)
        .Select(a => a.Address)
        .Where(a => a.AddressFamily == AddressFamily.InterNetwork)
        .Take(MaxInterfaces);

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
            if (IsIPv6)
            {
                foreach (int index in Interfaces6())
                    Join(socket, SocketOptionLevel.IPv6, new IPv6MulticastOption(_group.Address, index));
                return socket;
            }

            foreach (IPAddress address in Interfaces())
                Join(socket, SocketOptionLevel.IP, new MulticastOption(_group.Address, address));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private static void Join(Socket socket, SocketOptionLevel level, object membership)
    {
        try
        {
            socket.SetSocketOption(level, SocketOptionName.AddMembership, membership);
        }
        catch (SocketException)
        {
            // Two addresses of one interface are one membership.
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
