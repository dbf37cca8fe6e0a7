using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using AgentGateway.Net.Interop;
using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Net.Udp;

/// <summary>
/// A bound UDP socket that knows the local address of every datagram, so that one wildcard socket answers from the
/// address it was asked on. Receives and sends in batches. One owner; no allocation per datagram.
/// </summary>
internal sealed unsafe class UdpSocket : IDisposable
{
    private const int KernelBuffer = 4 << 20;

    private readonly Socket _socket;
    private readonly int _descriptor;
    private readonly DatagramBatch _receive;
    private readonly DatagramBatch _send;

    private UdpSocket(Socket socket)
    {
        _socket = socket;
        _descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
        bool ipv6 = socket.AddressFamily == AddressFamily.InterNetworkV6;
        _receive = new DatagramBatch(ipv6, (ushort)LocalEndPoint.Port);
        _send = new DatagramBatch(ipv6, (ushort)LocalEndPoint.Port);
    }

    /// <summary>Where the socket is bound; the port is the real one when 0 was asked for.</summary>
    internal IPEndPoint LocalEndPoint { get; }

    internal int Descriptor => _descriptor;

    /// <summary>Datagrams the kernel refused to send, or had no room for.</summary>
    internal long SendFailures { get; private set; }

    /// <summary>Datagrams dropped on receipt: longer than any WebRTC packet, or without a usable address.</summary>
    internal long ReceiveDrops { get; private set; }

    /// <summary>Binds a socket. The IPv6 wildcard also serves IPv4; without IPv6 on the host it falls back to IPv4.</summary>
    /// <exception cref="SocketException">The address is in use or not this host's.</exception>
    internal static UdpSocket Bind(IPEndPoint endPoint)
    {
        bool wildcard = endPoint.Address.Equals(IPAddress.Any) || endPoint.Address.Equals(IPAddress.IPv6Any);
        if (wildcard && Socket.OSSupportsIPv6)
        {
            try
            {
                return BindExactly(new IPEndPoint(IPAddress.IPv6Any, endPoint.Port));
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable)
            {
                // The framework knows IPv6 but the host has it switched off.
            }
        }

        return BindExactly(wildcard ? new IPEndPoint(IPAddress.Any, endPoint.Port) : endPoint);
    }

    /// <summary>Receives what is there, without waiting; returns how many datagrams <see cref="TryGetReceived"/> can read.</summary>
    internal int Receive()
    {
        _receive.PrepareReceive();
        int count = LibC.ReceiveMessages(_descriptor, _receive.Messages, DatagramBatch.Capacity, LibC.MsgDontWait, null);
        return Math.Max(count, 0);
    }

    /// <summary>The datagram at <paramref name="index"/> of the last <see cref="Receive"/>; valid until the next one.</summary>
    internal bool TryGetReceived(int index, out Span<byte> datagram, out DatagramPath path)
    {
        if (_receive.TryGetReceived(index, out datagram, out path))
            return true;
        ReceiveDrops++;
        return false;
    }

    /// <summary>Where to write the next datagram to be sent.</summary>
    internal Span<byte> NextSlot => _send.NextSlot;

    /// <summary>Queues the datagram written to <see cref="NextSlot"/>; it leaves with <see cref="Flush"/>, or now when the batch is full.</summary>
    internal void Commit(int length, in DatagramPath path)
    {
        _send.Commit(length, path);
        if (_send.IsFull)
            Flush();
    }

    /// <summary>Sends what is queued. A datagram the kernel refuses is dropped and counted: UDP may lose it anyway.</summary>
    internal void Flush()
    {
        int sent = 0;
        while (sent < _send.Count)
        {
            int count = LibC.SendMessages(_descriptor, _send.Messages + sent, (uint)(_send.Count - sent), LibC.MsgDontWait);
            if (count > 0)
            {
                sent += count;
                continue;
            }

            if (Marshal.GetLastPInvokeError() == LibC.EIntr)
                continue;
            SendFailures++;
            sent++;
        }

        _send.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static UdpSocket BindExactly(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            Span<byte> on = stackalloc byte[sizeof(int)];
            MemoryMarshal.Write(on, 1);
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = true;
                socket.SetRawSocketOption(LibC.SolIPv6, LibC.IPv6RecvPktInfo, on);
            }
            else
            {
                socket.SetRawSocketOption(LibC.SolIP, LibC.IPPktInfo, on);
            }

            socket.ReceiveBufferSize = KernelBuffer;
            socket.SendBufferSize = KernelBuffer;
            socket.Bind(endPoint);
            return new UdpSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
