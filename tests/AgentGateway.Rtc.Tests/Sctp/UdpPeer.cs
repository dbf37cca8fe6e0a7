using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Sctp;

/// <summary>Drives an association against a foreign stack in another process, over UDP on the loopback and in real time.</summary>
internal sealed class UdpPeer : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly byte[] _buffer = new byte[65536];
    private readonly SeededRandom _random = new(1);
    private readonly Process _process;

    /// <param name="command">The program, then its arguments; our port and the word are added.</param>
    /// <param name="peerStarts">Whether the peer sends the INIT.</param>
    /// <param name="options">For our association.</param>
    public UdpPeer(IReadOnlyList<string> command, bool peerStarts, SctpOptions? options = null)
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        ProcessStartInfo start = new(command[0]) { RedirectStandardError = true };
        foreach (string argument in command.Skip(1))
            start.ArgumentList.Add(argument);
        start.ArgumentList.Add(((IPEndPoint)_socket.LocalEndPoint!).Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        start.ArgumentList.Add(peerStarts ? "start" : "wait");
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, e) => Errors.Add(e.Data ?? "");
        _process.BeginErrorReadLine();
        End = new End("ours", new SctpAssociation(options ?? new SctpOptions(), isDtlsClient: peerStarts, new SeededRandom(7)));
        EndPoint from = new IPEndPoint(IPAddress.Loopback, 0);
        _socket.ReceiveTimeout = 60_000;
        int length = _socket.ReceiveFrom(_buffer, ref from);
        _socket.Connect(from);
        if (!_buffer.AsSpan(0, length).SequenceEqual("ready"u8))
            throw new InvalidOperationException("The peer did not report that it is ready.");
    }

    public End End { get; }

    /// <summary>What the peer wrote to its standard error.</summary>
    public System.Collections.Concurrent.ConcurrentBag<string> Errors { get; } = [];

    /// <summary>The share of packets dropped in each direction.</summary>
    public double Loss { get; set; }

    public Instant Now => new(_clock.Elapsed.Ticks);

    public void RunUntil(Func<bool> condition, double seconds)
    {
        Instant limit = Now + TimeSpan.FromSeconds(seconds);
        while (true)
        {
            Drain();
            if (condition())
                return;
            Assert.True(Now < limit, $"not within {seconds} s, {End.Association.State}; peer: {string.Join('\n', Errors)}");
            Instant until = Instant.Earliest(limit, End.Association.NextTimeout)!.Value;
            int wait = (int)Math.Clamp((until - Now).TotalMilliseconds, 0, 100);
            if (_socket.Poll(wait * 1000, SelectMode.SelectRead))
            {
                int length = _socket.Receive(_buffer);
                if (_random.NextDouble() >= Loss)
                    End.Association.Handle(Now, _buffer.AsSpan(0, length));
            }

            End.Association.HandleTimeout(Now);
        }
    }

    public void Dispose()
    {
        _socket.Send("quit"u8);
        if (!_process.WaitForExit(2000))
            _process.Kill();
        _process.Dispose();
        _socket.Dispose();
    }

    private void Drain()
    {
        while (End.Association.TryPollTransmit(_buffer, out int length))
        {
            End.Sent.Add(new SentPacket(Now, _buffer[..length]));
            if (_random.NextDouble() >= Loss)
                _socket.Send(_buffer.AsSpan(0, length));
        }

        while (End.Association.TryPollEvent(out SctpEvent e))
            End.Take(e, Now);
    }
}
