using System.Collections.Concurrent;
using AgentGateway.Net.Streams;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Net;

/// <summary>Datagrams that come and go by streams and relays.</summary>
internal sealed partial class MediaShard
{
    // Messages of one stream before the others get their turn.
    private const int MaxFramesPerTurn = 64;

    private readonly ConcurrentQueue<FrameStream> _readable = new();
    private bool _isGathered;

    /// <summary>Told from a stream's task that it has messages.</summary>
    internal void FramesReady(FrameStream stream)
    {
        _readable.Enqueue(stream);
        _wake.Signal();
    }

    /// <summary>Every server has answered or failed: calls whose far ends wait for more are told. Owner thread.</summary>
    internal void EndGathering(Instant now)
    {
        _isGathered = true;
        foreach (RtcConnection connection in _connections.ToArray())
            Run(now, connection, (at, peer) => peer.EndLocalCandidates(at));
    }

    private void Send(Instant now, int length, in DatagramPath path)
    {
        if (Links.IsDirect(path))
            _socket.Commit(length, path);
        else
            Links.Send(now, length, path);
    }

    private void ReceiveFrames()
    {
        // Each stream once: one that has more goes to the end.
        for (int i = _readable.Count; i > 0 && _readable.TryDequeue(out FrameStream? stream); i--)
        {
            stream.BeginTake();
            int taken = 0;
            while (taken < MaxFramesPerTurn && stream.TryTake(out Frame frame))
            {
                taken++;
                ReceiveFrame(stream, frame);
            }

            if (taken == MaxFramesPerTurn)
                stream.Signal();
        }
    }

    private void ReceiveFrame(FrameStream stream, in Frame frame)
    {
        try
        {
            Instant now = _clock.Now;
            Span<byte> datagram = frame.Bytes;
            DatagramPath path = default;
            if (!Links.TryUnwrap(now, stream, ref path, ref datagram))
                return;
            bool isKnown = HandleDatagram(now, path, datagram);
            if (stream.Owner is not null)
                return;

            // A caller's connection begins with a check that names one of our calls, or it ends here.
            if (isKnown)
                Links.Recognise(stream);
            else
                stream.Close();
        }
        finally
        {
            frame.Return();
        }
    }

    /// <summary>A candidate was gathered: calls that are still looking for a path get it too.</summary>
    private void TellConnections(Instant now, IceCandidate candidate)
    {
        foreach (RtcConnection connection in _connections.ToArray())
        {
            if (connection.Peer.State is not (RtcPeerState.New or RtcPeerState.Connecting))
                continue;
            Run(now, connection, (at, peer) => peer.AddLocalCandidate(at, candidate));
        }
    }
}
