using System.Buffers.Binary;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Wire.Sctp;

namespace AgentGateway.Rtc.Sctp;

/// <summary>Heartbeats on an idle association (RFC 9260 section 8.3): they notice a dead peer and keep the round-trip time fresh.</summary>
internal sealed class HeartbeatMonitor(SctpContext context, ControlQueue replies)
{
    private const int InfoSize = 16;
    private const int ParameterHeader = 4;

    private ulong _nonce;
    private Instant _sentAt;
    private bool _isWaiting;

    /// <summary>Starts the wait for the next heartbeat.</summary>
    public void Schedule()
    {
        if (context.Options.HeartbeatInterval is not { } interval)
            return;
        // Jitter of half an RTO either way, so that calls made together do not beat together.
        TimeSpan jitter = context.Rto.Current * (0.5 + context.Random.NextDouble());
        context.Timers.Set(SctpTimer.Heartbeat, context.Now + interval + jitter);
    }

    public void Stop()
    {
        _isWaiting = false;
        context.Timers.Clear(SctpTimer.Heartbeat);
        context.Timers.Clear(SctpTimer.HeartbeatAck);
    }

    /// <summary>Sends a heartbeat, unless data on its way does the same work.</summary>
    public void HandleIdle(bool isDataOnItsWay)
    {
        if (isDataOnItsWay)
        {
            Schedule();
            return;
        }

        _nonce = context.Random.NextUInt64();
        _sentAt = context.Now;
        _isWaiting = true;
        Span<byte> buffer = stackalloc byte[ParameterHeader + InfoSize];
        SctpParameterWriter parameters = new(buffer);
        Span<byte> info = parameters.Add(SctpParameterType.HeartbeatInfo, InfoSize);
        BinaryPrimitives.WriteUInt64BigEndian(info, _nonce);
        BinaryPrimitives.WriteInt64BigEndian(info[8..], _sentAt.Ticks);
        replies.Add(SctpChunkType.Heartbeat, 0, parameters.Written);
        context.Timers.Set(SctpTimer.HeartbeatAck, context.Now + context.Rto.Current);
    }

    /// <summary>A heartbeat was not answered: the next one follows at once, with a longer patience.</summary>
    public void HandleMissed()
    {
        context.Rto.BackOff();
        HandleIdle(isDataOnItsWay: false);
    }

    public void HandleAck(in SctpChunk chunk)
    {
        SctpParameterReader reader = new(chunk.Value);
        if (!_isWaiting
            || !reader.TryRead(out ushort type, out ReadOnlySpan<byte> info, out _)
            || type != (ushort)SctpParameterType.HeartbeatInfo
            || info.Length != InfoSize
            || BinaryPrimitives.ReadUInt64BigEndian(info) != _nonce)
        {
            context.Drop(SctpDropReason.UnexpectedChunk);
            return;
        }

        _isWaiting = false;
        context.ErrorCount = 0;
        context.Rto.Measure(context.Now - _sentAt);
        context.Timers.Clear(SctpTimer.HeartbeatAck);
        Schedule();
    }
}
