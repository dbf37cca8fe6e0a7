using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using AgentGateway.Rtc.Dtls;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Testing;

namespace AgentGateway.Net.Tests;

/// <summary>A caller whose network lets only TCP pass: our own peer over one connection with the framing of RFC 4571.</summary>
internal sealed class TcpCaller : IDisposable
{
    private static readonly TimeSpan Limit = ConnectedPair.Limit;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly MonotonicClock _clock = new(TimeProvider.System);
    private readonly DtlsCertificate _certificate = DtlsCertificate.Create("tcp caller", DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    private readonly byte[] _received = new byte[64 * 1024];
    private readonly byte[] _buffer = new byte[2048];
    private DatagramPath _path;
    private int _end;

    internal TcpCaller()
    {
        Peer = new RtcPeer(new RtcPeerOptions { Certificate = _certificate, Random = new SeededRandom((ulong)Environment.TickCount64) }, _clock.Now);
    }

    internal RtcPeer Peer { get; }

    internal List<byte[]> Audio { get; } = [];

    /// <summary>Calls a transport by the passive candidate in its answer.</summary>
    internal async Task CallAsync(MediaTransport transport, IRtcConnectionHandler handler)
    {
        RtcAcceptResult answer = await transport.AcceptAsync(Peer.CreateOffer(_clock.Now), handler);
        Assert.True(Peer.AcceptAnswer(_clock.Now, answer.Sdp!).IsSuccess);
        string line = answer.Sdp!.Split("\r\n").First(l => l.Contains("tcptype passive", StringComparison.Ordinal));
        Assert.True(IceCandidate.TryParse(line, out IceCandidate? candidate));
        await _socket.ConnectAsync(candidate!.Address.ToIPEndPoint());
        _path = new DatagramPath(TransportAddress.From((IPEndPoint)_socket.LocalEndPoint!), candidate.Address) { Transport = PathTransport.Tcp };
        Assert.True(Peer.AddTcpConnection(_clock.Now, _path, candidate));
    }

    /// <summary>Runs until the condition holds.</summary>
    internal async Task RunUntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        Task<int>? reading = null;
        while (true)
        {
            await DrainAsync(limit.Token);
            if (condition())
                return;
            TimeSpan wait = Peer.NextTimeout is { } next ? next - _clock.Now : Limit;
            using var timer = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
            reading ??= _socket.ReceiveAsync(_received.AsMemory(_end), SocketFlags.None, limit.Token).AsTask();
            await Task.WhenAny(reading, Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, timer.Token));
            await timer.CancelAsync();
            limit.Token.ThrowIfCancellationRequested();
            if (reading.IsCompleted)
            {
                int count = await reading;
                Assert.True(count > 0, "the gateway closed the connection");
                reading = null;
                Take(count);
            }

            Peer.HandleTimeout(_clock.Now);
        }
    }

    internal void Send(byte[] packet, long timestamp) => Assert.Equal(RtcSendResult.Ok, Peer.SendAudio(_clock.Now, packet, timestamp, true));

    public void Dispose()
    {
        Peer.Dispose();
        _certificate.Dispose();
        _socket.Dispose();
    }

    private void Take(int count)
    {
        _end += count;
        int at = 0;
        while (_end - at >= 2 && _end - at - 2 >= BinaryPrimitives.ReadUInt16BigEndian(_received.AsSpan(at)))
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(_received.AsSpan(at));
            Peer.Handle(_clock.Now, _path, _received.AsSpan(at + 2, length));
            DrainEvents();
            at += 2 + length;
        }

        _received.AsSpan(at, _end - at).CopyTo(_received);
        _end -= at;
    }

    private async Task DrainAsync(CancellationToken cancellation)
    {
        DrainEvents();
        while (Peer.TryPollTransmit(_buffer.AsSpan(2), out int length, out DatagramPath path))
        {
            Assert.Equal(_path, path);
            BinaryPrimitives.WriteUInt16BigEndian(_buffer, (ushort)length);

            try
            {
                // In pieces, as a network may deliver it.
                await _socket.SendAsync(_buffer.AsMemory(0, 1), cancellation);
                await _socket.SendAsync(_buffer.AsMemory(1, length + 1), cancellation);
            }
            catch (SocketException) when (Peer.State == RtcPeerState.Closed)
            {
                // Our goodbye in answer to the gateway's, which is gone by now.
            }
        }
    }

    private void DrainEvents()
    {
        while (Peer.TryPollEvent(out RtcPeerEvent e))
        {
            if (e.Kind == RtcPeerEventKind.AudioReceived)
                Audio.Add(e.Payload.ToArray());
        }
    }
}
