using System.Net;
using System.Net.Sockets;
using AgentGateway.Testing.Network;

namespace AgentGateway.Net.Tests.Mdns;

/// <summary>A responder on loopback that answers as the test wants.</summary>
internal sealed class MdnsResponder : IAsyncDisposable
{
    private readonly UdpClient _socket;
    private readonly UdpClient _liar;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private int _questions;

    /// <param name="answer">From the number of the question (from 1) and its id to the datagrams sent back.</param>
    /// <param name="lie">Sent first, from another port; null for nothing.</param>
    /// <param name="address">Of loopback; null for 127.0.0.1.</param>
    internal MdnsResponder(Func<int, ushort, IEnumerable<byte[]>> answer, Func<ushort, byte[]>? lie = null, IPAddress? address = null)
    {
        _socket = new UdpClient(new IPEndPoint(address ?? IPAddress.Loopback, 0));
        _liar = new UdpClient(new IPEndPoint(address ?? IPAddress.Loopback, 0));
        _loop = RunAsync(answer, lie);
    }

    internal IPEndPoint EndPoint => (IPEndPoint)_socket.Client.LocalEndPoint!;

    internal int Questions => Volatile.Read(ref _questions);

    internal static byte[] Record(ushort id, string name, string address, uint seconds = 120) => new MdnsMessageBuilder(id).Add(name, address, seconds).Build();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _socket.Dispose();
        _liar.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(Func<int, ushort, IEnumerable<byte[]>> answer, Func<ushort, byte[]>? lie)
    {
        try
        {
            while (true)
            {
                UdpReceiveResult received = await _socket.ReceiveAsync(_stop.Token);
                ushort id = (ushort)((received.Buffer[0] << 8) | received.Buffer[1]);
                if (lie is not null)
                    await _liar.SendAsync(lie(id), received.RemoteEndPoint, _stop.Token);
                foreach (byte[] datagram in answer(Interlocked.Increment(ref _questions), id))
                    await _socket.SendAsync(datagram, received.RemoteEndPoint, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
