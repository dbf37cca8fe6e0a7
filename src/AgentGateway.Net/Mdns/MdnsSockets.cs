using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace AgentGateway.Net.Mdns;

/// <summary>
/// The sockets of a resolver while it asks: one on a port of its own, to which responders answer directly (RFC 6762 section 6.7), and one on
/// the group's port, if it can be had, for those that answer everybody. IPv4 only; answers may hold IPv6 addresses.
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
    /// <exception cref="SocketException">The host has no IPv4 or no ports left.</exception>
    internal MdnsSockets(IPEndPoint group, Action<ReadOnlyMemory<byte>, bool> handle)
    {
        _group = group;
        _asking = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            _asking.Bind(new IPEndPoint(IsMulticast ? IPAddress.Any : group.Address, 0));
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

    private bool IsMulticast => _group.Address.GetAddressBytes()[0] is >= 224 and < 240;

    /// <summary>Sends a question out of every interface; those that cannot are left out.</summary>
    internal void Send(ReadOnlySpan<byte> query)
    {
        if (!IsMulticast)
        {
            TrySend(query);
            return;
        }

        foreach (IPAddress address in Interfaces())
        {
            _asking.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, address.GetAddressBytes());
            TrySend(query);
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

    private static IEnumerable<IPAddress> Interfaces() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(i => i.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown && i.SupportsMulticast)
        .SelectMany(i => i.GetIPProperties().UnicastAddresses)
        .Select(a => a.Address)
        .Where(a => a.AddressFamily == AddressFamily.InterNetwork)
        .Take(MaxInterfaces);

    private void TrySend(ReadOnlySpan<byte> query)
    {
        try
        {
            _asking.SendTo(query, SocketFlags.None, _group);
        }
        catch (SocketException)
        {
            // An interface without a route for multicast: the question leaves by the others, or times out.
        }
    }

    private Socket? TryListen()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            // The port is shared with the system's own responder and with browsers on this host.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(IPAddress.Any, _group.Port));
            foreach (IPAddress address in Interfaces())
                Join(socket, address);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private void Join(Socket socket, IPAddress address)
    {
        try
        {
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(_group.Address, address));
        }
        catch (SocketException)
        {
            // Two addresses of one interface are one membership.
        }
    }

    private async Task ReceiveAsync(Socket socket, bool toUs, Action<ReadOnlyMemory<byte>, bool> handle)
    {
        byte[] buffer = new byte[MaxDatagram];
        var anybody = new IPEndPoint(IPAddress.Any, 0);
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
